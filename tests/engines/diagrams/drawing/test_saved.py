"""Wires that are saved under a name and loaded later: the text, the picture, what it computes."""

from __future__ import annotations

import pytest
import torch

from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.drawing.files import file_from_circuit
from engines.diagrams.drawing.picture import scene_of
from engines.diagrams.language.json_form import circuit_from_json, json_from_circuit
from engines.diagrams.running.gradients import gradients

STACK = """def Stack(X: b m) -> b m
  size n = 3
  scan Down over n: X -> d collect C = c
    a: b m = Linear[A, m -> m](X)
    c: b m = save(a)
    d: b m = tanh(a)
  scan Up over n back: d -> z
    v: b m = load(C)
    s: b m = add(d, v)
    z: b m = Linear[B, m -> m](s)
"""
PLAIN = STACK.replace("save(a)", "permute(a)").replace("load(C)", "permute(C)")


def test_every_turn_saves_and_the_last_saved_is_loaded_first():
    """Ronneberger et al. 2015: turn i of the way up reads what turn N + 1 - i saved."""
    module = Diagram.from_text(STACK).to_torch({"m": 4}).double()
    x = torch.randn(2, 4, dtype=torch.float64)
    held = dict(module.named_parameters())
    (down,) = (w for name, w in held.items() if name.endswith("A"))
    (up,) = (w for name, w in held.items() if name.endswith("B"))
    kept, wanted = [], x
    for _ in range(3):
        kept.append(wanted @ down.T)
        wanted = torch.tanh(kept[-1])
    for _ in range(3):
        wanted = (wanted + kept.pop()) @ up.T
    assert torch.allclose(module(x), wanted, rtol=0, atol=1e-13)


def test_memory_costs_nothing_and_gradients_pass_through_it():
    saved, plain = Diagram.from_text(STACK), Diagram.from_text(PLAIN)
    assert saved.costs().total == plain.costs().total
    found = gradients(saved)
    assert found.ours
    assert all(check.holds for check in found.checks())


@pytest.mark.parametrize("text", [STACK, LIBRARY["unet"].text])
def test_the_reference_is_kept_in_text_json_and_python(text):
    diagram = Diagram.from_text(text)
    assert Diagram.from_text(diagram.text()).graph == diagram.graph
    assert circuit_from_json(json_from_circuit(diagram)).graph == diagram.graph
    assert diagram.text().count("save(") == text.count("save(") > 0
    for kind in ("svg", "tikz", "html", "python"):
        assert file_from_circuit(diagram, kind)


def test_nothing_is_drawn_between_saving_and_loading():
    """Figure 27: the ways down and up are joined by names alone."""
    scene, _ = scene_of(Diagram.from_text(LIBRARY["unet"].text), (), 100_000)
    boxes = sorted((float(m.shape["x"]), m.value) for m in scene.marks if m.role == "memory")
    assert [name for _, name in boxes] == ["C1", "C2", "C2", "C1"]
    (_, middle), (after, _) = boxes[1], boxes[2]
    assert middle == "C2"
    assert {m.value for m in scene.marks if m.value in ("a2", "C1")} == {"a2", "C1"}
    ends = [_end(str(m.shape["d"])) for m in scene.marks if m.role == "wire" and m.value == "a2"]
    assert max(ends) < boxes[1][0] < after
    assert not [m for m in scene.marks if m.role in ("wire", "double") and m.value in ("C1", "C2")]
    words = ["".join(t for t, _ in m.runs) for m in scene.marks if m.role == "value"]
    assert words.count("→ C1") == words.count("C1 →") == 1


def _end(d: str) -> float:
    tail = d.replace("H", " H").split()[-1]
    return float(tail[1:]) if tail.startswith("H") else float(d.split()[-2])


def test_what_a_turn_saves_is_shown_under_its_collected_name():
    scene, _ = scene_of(Diagram.from_text(STACK))
    assert [m.value for m in scene.marks if m.role == "memory"] == ["C", "C"]


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        ("z: x m = load(X)", 2, "not in memory"),
        ("C: x m = save(X); z: x m = relu(C)", 3, "must be loaded"),
        ("z: x m = save(X)", 1, "must be loaded"),
        ("C: m x = save(X); z: x m = load(C)", 2, "changes nothing"),
        ("C: x m = save(X) * 2; z: x m = load(C)", 2, "changes nothing"),
        ("C: x m = save(X); block L x2: C -> z; ..z: x m = load(C)", 3, "must be loaded"),
        ("a: x m = relu(X); z: x m = load(C)", 3, "no value C"),
    ],
)
def test_misuse_of_memory_is_told_where_it_is(lines, line, says):
    body = "".join(f"  {part.strip().replace('..', '  ')}\n" for part in lines.split(";"))
    with pytest.raises(DiagramError, match=says) as caught:
        Diagram.from_text(f"def F(X: x m) -> x m\n{body}")
    (first, *_) = [p for p in caught.value.problems if says in p.message]
    assert first.span.line == line
    assert first.span.col > 0
    assert first.hint or "no value" in says
