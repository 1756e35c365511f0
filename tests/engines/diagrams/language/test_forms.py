"""Text, diagram and JSON say the same; 1,000 random diagrams, 500 mutated texts."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
import sympy

from engines.diagrams import LIBRARY, Builder, Diagram, DiagramError, Poly
from engines.diagrams.drawing.layout.place import placed
from engines.diagrams.language.check import judged
from engines.diagrams.language.json_form import circuit_from_json, json_from_circuit


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_survives_every_form(name):
    one = Diagram.from_text(LIBRARY[name].text)
    text = one.text()
    two = Diagram.from_text(text)
    assert two.graph == one.graph
    assert two.text() == text
    three = circuit_from_json(json_from_circuit(two))
    assert three.graph == one.graph
    assert three.sizes == two.sizes
    assert three.derived == two.derived


def random_text(seed: int) -> str:
    """A well-typed diagram: operations drawn at random, axes kept track of."""
    rng = random.Random(seed)
    values = {"X": ["b", "x", "m"], "Y": ["b", "y", "m"]}
    lines, fresh = [], iter(f"a{k}" for k in range(99))
    for k in range(rng.randint(1, 9)):
        name, axes = rng.choice(list(values.items()))
        out = f"v{k}"
        kind = rng.choice(
            ["relu", "softmax", "Linear", "add", "einsum", "sum", "permute", "rename"]
        )
        if kind == "relu":
            made, call = axes, f"tanh({name})"
        elif kind == "softmax":
            made, call = axes, f"softmax[{rng.choice(axes)}]({name})"
        elif kind == "Linear":
            gone, new = rng.choice(axes), next(fresh)
            made = [new if a == gone else a for a in axes]
            call = f"Linear{rng.choice(['', '+'])}({name})"
        elif kind == "permute":
            made = rng.sample(axes, len(axes))
            call = f"permute({name}) * {rng.choice(['m^(-1/2)', '3', '1/7'])}"
        elif kind == "rename":
            gone, new = rng.choice(axes), next(fresh)
            made = [new if a == gone else a for a in axes]
            call = f"rename[{gone} -> {new}]({name})"
        elif kind == "sum" and len(axes) > 1:
            gone = rng.choice(axes)
            made = [a for a in axes if a != gone]
            call = f"sum[{gone}]({name})"
        else:
            other, more = rng.choice(list(values.items()))
            every = list(dict.fromkeys([*axes, *more]))
            shared = [a for a in axes if a in more]
            if kind == "einsum" and shared and other != name:
                made = [a for a in every if a != shared[0]]
            else:
                made = every
            call = f"{'einsum' if kind == 'einsum' else 'mul'}({name}, {other})"
        if not made:
            continue
        values[out] = list(made)
        lines.append(f"  {out}: {' '.join(made)} = {call}")
    last, axes = list(values.items())[-1]
    head = f"def R(X: b x m, Y: b y m) -> {' '.join(axes)}"
    return "\n".join([head, *lines, f"  return {last}"]) + "\n"


def test_a_thousand_random_diagrams_survive_every_form_and_can_be_placed():
    for seed in range(1000):
        one = Diagram.from_text(random_text(seed))
        text = one.text()
        two = Diagram.from_text(text)
        assert two.graph == one.graph, seed
        assert two.text() == text, seed
        assert circuit_from_json(json_from_circuit(two)).graph == one.graph, seed
        assert placed(one).tracks.n_unsolved == 0, seed


def mutated(text: str, rng: random.Random) -> str:
    """One character or word less, more, or other."""
    at = rng.randrange(len(text))
    kind = rng.randrange(5)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + rng.choice('xyzkhm()[]:=,*^+->01 \n\t#"é') + text[at:]
    if kind == 2:
        lines = text.split("\n")
        lines.pop(rng.randrange(len(lines)))
        return "\n".join(lines)
    if kind == 3:
        words = text.split(" ")
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        words[i], words[j] = words[j], words[i]
        return " ".join(words)
    return text[:at] + text[at : at + 12] + text[at:]


def test_five_hundred_mutations_are_either_refused_with_a_place_or_well_typed():
    rng = random.Random(7)
    texts = [entry.text for entry in LIBRARY.values()]
    n_refused = 0
    for _ in range(500):
        text = mutated(rng.choice(texts), rng)
        diagram, mistakes = judged(text)
        n_refused += bool(mistakes)
        assert (diagram is None) == bool(mistakes)
        n_lines = text.count("\n") + 2
        assert all(1 <= m.span.line <= n_lines and m.span.col >= 1 for m in mistakes), text
        if diagram is not None:  # nothing that passes may fail later on
            assert Diagram.from_text(Diagram.of(diagram).text()).graph == diagram.graph
            placed(diagram)
    assert n_refused > 250


@pytest.mark.parametrize(
    "data", ["", "[]", "{}", '{"format": "neural-circuit-diagram"}', "{" * 5000]
)
def test_other_json_is_refused(data):
    with pytest.raises(DiagramError):
        circuit_from_json(data)


def test_json_whose_tree_was_changed_is_refused():
    data = json_from_circuit(Diagram.from_text(LIBRARY["attention"].text))
    with pytest.raises(DiagramError, match="different"):
        circuit_from_json(data.replace('"softmax"', '"reduce"', 1))


def test_the_builder_says_what_the_text_says():
    d = Builder("MultiHeadAttention", E="y m", X="x m")
    d.Linear("q: y k h", "E", at="Q")
    d.Linear("p: x k h", "X", at="K")
    d.Linear("v: x k h", "X", at="V")
    d.einsum("s: y x h", "q", "p", scale="k^(-1/2)")
    d.softmax("a: y x h", "s", at="x")
    d.einsum("o: y k h", "a", "v")
    d.Linear("z: y m", "o", at="O")
    assert d.diagram().graph == Diagram.from_text(LIBRARY["attention"].text).graph


def test_the_sources_run_in_a_fresh_process_and_agree(tmp_path):
    import torch

    from engines.diagrams.graph.sizes import numbers
    from engines.diagrams.running.draws import example_inputs

    # Equal to the bit: with as many threads as here, sums come in the same order.
    check = (
        f"import torch\ntorch.set_num_threads({torch.get_num_threads()})\n"
        "state, inputs, wanted = torch.load('NAME.pt', weights_only=True)\n"
        "model = MODEL()\nmodel.load_state_dict(state)\ngot = model(*inputs)\n"
        "pairs = zip(got, wanted) if isinstance(wanted, (tuple, list)) else [(got, wanted)]\n"
        "assert all(torch.equal(a, b) for a, b in pairs)\nprint('NAME agrees')\n"
    )
    names = ("pre-norm", "lstm", "gpt", "rotary", "unet")
    for name in names:
        diagram = Diagram.from_text(LIBRARY[name].text)
        module = diagram.to_torch()
        inputs = example_inputs(diagram.graph.inputs, numbers(diagram), torch.float32)
        torch.save([module.state_dict(), inputs, module(*inputs)], tmp_path / f"{name}.pt")
        (tmp_path / f"{name}.py").write_text(diagram.source() + check.replace("NAME", name))
    # One process for all, a namespace for each.
    run = f"import runpy\nfor name in {names}: runpy.run_path(name + '.py')"
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.split("\n")[:-1] == [f"{name} agrees" for name in names]


def test_polynomials_agree_with_sympy():
    a, b = (Poly.of(n) for n in "ab")
    x, y = sympy.symbols("a b", positive=True)
    pairs = [
        ((a + 2 * b) ** 3 * (a - b), (x + 2 * y) ** 3 * (x - y)),
        (a**-2 * b * 6 / 4, x**-2 * y * sympy.Rational(3, 2)),
        ((a * b + 1).replaced({"a": b + 1}), (x * y + 1).subs(x, y + 1)),
    ]
    for ours, theirs in pairs:
        assert ours.value({"a": 7, "b": 11}) == theirs.subs({x: 7, y: 11})
        assert (
            sympy.simplify(
                sympy.sympify(ours.code().replace("^", "**")).subs({"a": x, "b": y}) - theirs
            )
            == 0
        )
