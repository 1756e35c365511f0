"""How fast the diagrams workbench is, beside named peers.

    python benchmarks/diagrams.py [--full]

``--full`` adds the 6.9-billion-parameter GPT on ``meta`` and DisCoPy on 400 boxes (from
20 to 30 seconds). Missing peers are left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from engines.diagrams import LIBRARY, Diagram
from engines.diagrams.drawing.formats.palette import LOOK
from engines.diagrams.drawing.formats.svg import svg_from_scene
from engines.diagrams.drawing.picture import VISIBLE_MAX, folded_blocks, scene_json, scene_of
from engines.diagrams.graph.garbage import uncollected
from engines.diagrams.importing.export import exported
from engines.diagrams.importing.models import GPT
from engines.diagrams.importing.walk import walked

warnings.simplefilter("ignore")
FIGURES: dict[str, float] = {}
FULL = "--full" in sys.argv


def best(work: Callable[[], Any], times: int = 5) -> float:
    """Milliseconds of processor time of the fastest of several runs.

    The work is on one thread and waits for nothing, so on an idle machine that is its time.
    """
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(1000 * (time.process_time() - start))
    return min(found)


def tell(what: str, value: float, unit: str = "ms", goal: str = "") -> None:
    FIGURES[what] = round(value, 3)
    print(f"{what:<62} {value:>10.2f} {unit:<3} {goal}")


def texts() -> None:
    text = LIBRARY["attention"].text
    tell("attention: text to checked diagram", best(lambda: Diagram.from_text(text)))
    diagram = Diagram.from_text(text)
    tell("attention: diagram to SVG", best(lambda: diagram.file("svg")))


def gpt() -> None:
    model, tokens = GPT(12, 128, 4), torch.zeros(2, 64, dtype=torch.int64)
    Diagram.from_torch(model, (tokens,))
    start = time.perf_counter()
    diagram = Diagram.from_torch(model, (tokens,))
    total = 1000 * (time.perf_counter() - start)
    report = diagram.report
    program = exported(model, (tokens,), {})
    inference = best(lambda: inferred(program))
    tell("GPT, 12 layers: axis inference over all calls", inference, goal="goal 10")
    tell("GPT, 12 layers: torch.export", 1000 * report.seconds_export)
    rest = 1000 * report.seconds_rest
    tell("GPT, 12 layers: axes, names, blocks, repeats", rest, goal="goal 150 with drawing")
    draw = best(lambda: svg_from_scene(scene_of(diagram, folded_blocks(diagram, ()))[0]))
    tell("GPT, 12 layers: layout and SVG", draw)
    tell("GPT, 12 layers: everything beyond torch.export", rest + draw, goal="goal 150")
    peer(model, tokens, total + draw)


def inferred(program: Any) -> None:
    with uncollected():
        walked(program, {})


def peer(model: torch.nn.Module, tokens: torch.Tensor, ours: float) -> None:
    """Torchlens traces and draws the same model, when it and graphviz are installed."""
    if importlib.util.find_spec("torchlens") is None:
        print("torchlens is not installed; no ratio")
        return
    import torchlens

    start = time.perf_counter()
    trace = torchlens.trace(model, tokens)
    theirs = 1000 * (time.perf_counter() - start)
    tell("torchlens: trace of the same model", theirs)
    what = "trace"
    if shutil.which("dot"):
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            trace.draw(vis_outpath=f"{folder}/graph", vis_save_only=True)
        drawn = 1000 * (time.perf_counter() - start)
        tell("torchlens: drawing it", drawn)
        theirs, what = theirs + drawn, "trace and drawing"
    else:
        print("graphviz is not installed, so torchlens cannot draw; its trace alone counts")
    tell(f"ours, all with export and drawing, over torchlens' {what}", ours / theirs, "x",
         "goal at most 1")  # fmt: skip


def long_text(n: int) -> str:
    lines, last = [], "X"
    for k in range(n // 4):
        lines += [
            f"  a{k}: b x f = Linear+[w{k}, m -> f]({last})",
            f"  b{k}: b x f = gelu(a{k})",
            f"  c{k}: b x m = Linear+[v{k}](b{k})",
            f"  d{k}: b x m = add({last}, c{k})",
        ]
        last = f"d{k}"
    return "def Long(X: b x m) -> b x m\n" + "\n".join(lines) + "\n"


def layouts() -> None:
    diagram = Diagram.from_text(long_text(1000))
    scene, _ = scene_of(diagram)
    tell("1,000 operations: layout", best(lambda: scene_of(diagram)), goal="goal 50")
    tell("1,000 operations: SVG text", best(lambda: svg_from_scene(scene)))
    nested = Diagram.from_text(LIBRARY["transformer"].text)
    fold = best(lambda: scene_of(nested, ("Encoder",)))
    tell("transformer: fold one block", fold, goal="goal 10")
    tell("transformer: open it again", best(lambda: scene_of(nested)), goal="goal 10")
    repaint(Diagram.from_text(long_text(VISIBLE_MAX)))


def repaint(diagram: Diagram) -> None:
    """The page's own painter in a browser: a new scene in, laid out and painted."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None or importlib.util.find_spec("playwright") is None:
        print("no chromium with playwright; no repaint")
        return
    from playwright.sync_api import sync_playwright

    script = (
        Path(__file__)
        .parents[1]
        .joinpath("views/diagrams/js/drawing.js")
        .read_text(encoding="utf-8")
    )
    scene = json.dumps(scene_json(scene_of(diagram)[0]))
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.set_content(f"<style>{LOOK}</style><main></main>")
        page.add_script_tag(content=script)
        found = [page.evaluate(REPAINT, scene) for _ in range(5)]
    tell(f"{VISIBLE_MAX} visible operations: repaint in the browser", min(found), goal="goal 100")


def chain_text(n: int) -> str:
    lines = "\n".join(f"  v{k}: x = relu({f'v{k - 1}' if k else 'X'})" for k in range(n))
    return f"def Chain(X: x) -> x\n{lines}\n"


def discopy_chain() -> None:
    """A chain of boxes, drawn by DisCoPy when it is installed; its time grows as their square."""
    times = {}
    for n in (200, 400):
        diagram = Diagram.from_text(chain_text(n))
        times[n] = best(partial(diagram.file, "svg", folded=("*",)), 3)
        tell(f"{n} boxes in a chain: SVG", times[n])
    if importlib.util.find_spec("discopy") is None:
        print("DisCoPy is not installed; no ratio")
        return
    theirs_of = importlib.import_module("discopy.monoidal")
    x = theirs_of.Ty("x")
    for n in (200, 400) if FULL else (200,):
        theirs = theirs_of.Box("f", x, x)
        for _ in range(n - 1):
            theirs = theirs >> theirs_of.Box("f", x, x)
        start = time.process_time()
        theirs.draw(path="/dev/null", show=False)
        taken = 1000 * (time.process_time() - start)
        tell(f"DisCoPy over ours, {n} boxes", taken / times[n], "x")


REPAINT = """text => new Promise(told => {
  const start = performance.now()
  document.querySelector("main").replaceChildren(drawScene(JSON.parse(text)))
  document.querySelector("svg").getBoundingClientRect()
  requestAnimationFrame(() => setTimeout(() => told(performance.now() - start)))
})"""


def large() -> None:
    start = time.perf_counter()
    with torch.device("meta"):
        model = GPT(32, 4096, 32, 50_000, 2048)
        tokens = torch.zeros(1, 2048, dtype=torch.int64)
    n = sum(p.numel() for p in model.parameters())
    diagram = Diagram.from_torch(model, (tokens,))
    svg_from_scene(scene_of(diagram)[0])
    tell(f"{n / 1e9:.1f} billion parameters on meta: built to SVG",
         1000 * (time.perf_counter() - start), goal="goal 5000")  # fmt: skip


def main() -> None:
    for part in (texts, layouts, discopy_chain, gpt, *([large] if FULL else [])):
        part()
    print(json.dumps(FIGURES))


if __name__ == "__main__":
    main()
