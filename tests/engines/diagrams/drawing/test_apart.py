"""Named blocks drawn apart: a solid where they are called, and once below as an equation."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from engines.diagrams import LIBRARY, Diagram
from engines.diagrams.drawing.apart import calls, equations
from engines.diagrams.drawing.files import file_from_circuit
from engines.diagrams.drawing.picture import scene_of


def _words(scene, role):
    return Counter("".join(t for t, _ in m.runs) for m in scene.marks if m.role == role)


def test_the_transformer_is_three_attentions_two_feed_forwards_and_two_equations():
    """Vaswani et al. 2017, figure 1: counted by hand."""
    diagram = Diagram.from_text(LIBRARY["transformer"].text)
    scene, _ = scene_of(diagram, (), 100_000, apart=True)
    roles = Counter(m.role.split()[0] for m in scene.marks)
    assert roles["front"] == 3 + 2 + 2  # where they are called, and left of each "="
    assert roles["equation"] == 2
    assert roles["learned"] == 4 + 2  # each inside is shown once
    assert roles["bracket"] == 4
    assert _words(scene, "note")["MultiHeadAttention"] == 3  # labelled calls say what they call
    assert _words(scene, "title")["FeedForward"] == 2 + 1


def test_an_equation_has_the_wires_of_the_call_on_both_sides():
    text = """def Gate(A: x m, B: x m) -> x m
  g: x m = sigmoid(A)
  o: x m = mul(g, B)

def F(X: x m, Y: x m) -> x m
  z: x m = Gate(X, Y)
"""
    diagram = Diagram.from_text(text)
    (equation,) = equations(diagram)
    assert (equation.path, equation.diagram.graph.name) == ("Gate", "Gate")
    assert calls(diagram) == {"Gate"}
    scene, n = scene_of(diagram, (), 100_000, apart=True)
    assert n == 1 + 2
    (sign,) = (m for m in scene.marks if m.role == "equation")
    solids = sorted(
        (m for m in scene.marks if m.role == "front"), key=lambda m: float(m.shape["y"])
    )
    left = solids[-1]
    x, y, wide, high = (float(left.shape[key]) for key in ("x", "y", "width", "height"))
    assert x + wide < float(sign.shape["x"])
    assert y < float(sign.shape["y"]) < y + high
    before = [m for m in scene.marks if m.role == "wire" and _start(m) == _least(scene, sign)]
    assert len(before) == 4  # two arrays of two axes enter the solid
    inside = [m for m in scene.marks if m.path == "Gate/o" and m.role == "pointwise"]
    assert inside  # what is below is known by the path of its call
    assert float(inside[0].shape["x"]) > float(sign.shape["x"])


def _start(mark) -> float:
    return float(re.findall(r"-?[\d.]+", str(mark.shape["d"]))[0])


def _least(scene, sign) -> float:
    wires = [m for m in scene.marks if m.role == "wire"]
    return min(_start(m) for m in wires if _start(m) < float(sign.shape["x"]))


@pytest.mark.parametrize("width", [600, 100_000])
@pytest.mark.parametrize("name", LIBRARY)
def test_every_entry_can_be_drawn_apart_and_is_the_same_without_definitions(name, width):
    diagram = Diagram.from_text(LIBRARY[name].text)
    together, _ = scene_of(diagram, (), width)
    apart, _ = scene_of(diagram, (), width, apart=True)
    if not calls(diagram):
        assert apart == together
    else:
        count = sum(m.role == "equation" for m in apart.marks)
        assert count == len({e.diagram.graph.name for e in equations(diagram)}) > 0
    bottoms = [float(m.shape["y"]) for m in apart.marks if m.tag == "text"]
    assert max(bottoms) < apart.height


def test_files_and_pages_can_have_it():
    diagram = Diagram.from_text(LIBRARY["transformer"].text)
    for kind in ("svg", "tikz", "html"):
        assert file_from_circuit(diagram, kind, apart=True) != file_from_circuit(diagram, kind)
