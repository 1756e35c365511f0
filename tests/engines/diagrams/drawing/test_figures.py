"""The paper's figures redrawn: what each must show, counted by hand from the printed figures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.drawing.layout.place import placed
from engines.diagrams.drawing.picture import VISIBLE_MAX, drawing, folded_blocks, scene_of
from engines.diagrams.specs.drawing import DrawSpec

ROLES = ("learned", "cup", "hollow", "dash", "dot", "tag", "box", "bar", "fence", "bracket", "star",
         "trapezoid", "ring", "head", "double", "factor", "front")  # fmt: skip


def counts(name: str) -> dict[str, int]:
    scene, _ = scene_of(Diagram.from_text(LIBRARY[name].text), (), 100_000)
    found = {}
    for role in ROLES:
        hits = [m for m in scene.marks if m.role.split()[0] == role]
        if role == "dash":  # pieces of one line count once
            hits = {m.shape["d"].split()[1].split("H")[0] for m in hits}
        found[role] = len(hits)
    return {role: n for role, n in found.items() if n}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("subtensor", {"tag": 1}),  # figure 9
        ("indexes", {"tag": 2}),  # figure 8
        ("broadcast", {"box": 1}),  # figure 10: the 4 passes, one symbol
        ("inner", {"box": 1, "dash": 1}),  # figure 11: a tuple, one symbol
        ("elementwise", {"head": 2}),  # figure 12: two arrow-heads, no wire touched
        ("scores", {"cup": 1, "dot": 1, "dash": 1, "factor": 1}),  # figure 17
        ("digits", {"learned": 3, "bar": 1, "hollow": 1}),  # figure 19
        ("sdpa", {"cup": 2, "hollow": 1, "dash": 2, "factor": 1}),  # figure 20
        # Figure 21: four bold L, a copy (2 dots), two cups, two diagonalised h, softmax, k^-1/2.
        ("attention", {"learned": 4, "cup": 2, "dot": 4, "hollow": 1, "factor": 1, "dash": 2}),
        # Figure 22: per layer three attentions' parts: 3 x 4 L and 2 x 2 L of the feed-forward
        # parts, 5 norms, 3 softmax, k^-1/2 thrice, two repeated blocks.
        (
            "transformer",
            {
                "learned": 16,
                "ring": 5,
                "hollow": 3,
                "factor": 3,
                "cup": 6,
                "bracket": 4,
                "fence": 7,
            },
        ),
        # Figure 23: a closed star box is a window (trapezoid) whose places a bold L takes.
        ("conv", {"box": 1, "star": 1, "trapezoid": 0, "learned": 0}),
        ("windows", {"trapezoid": 1, "star": 1, "learned": 1, "box": 0}),
        # Figures 24 and 25: dilated and transposed, each one closed star box.
        ("dilated", {"box": 1, "star": 1}),
        ("transposed", {"box": 1, "star": 1}),
        # Figure 26: a star before the loop, three inside it, three and one normalised activations.
        ("resnet", {"star": 4, "ring": 4, "bracket": 2, "fence": 1, "learned": 1, "hollow": 1}),
        # Figure 27: nine convolutions, two of them upward, two pools, two concatenations.
        ("unet", {"trapezoid": 2, "bar": 2, "fence": 4}),
        # Figure 28: double lines for images, one cup of double lines, softmax on a double line.
        ("visual", {"learned": 4, "cup": 2, "hollow": 1, "dot": 4}),
    ],
)
def test_each_figure_shows_what_the_printed_one_shows(name, wanted):
    found = counts(name)
    assert {role: found.get(role, 0) for role in wanted} == wanted


@pytest.mark.parametrize(
    ("line", "wanted", "gradients"),
    [
        # A linear map goes back through its wires bent round: dy is copied (a dot on each of its
        # two wires), met by the weight in one cup and by the input in another.
        ("x k = Linear(X)", {"cup": 2, "dot": 2, "learned": 0}, ("dX", "dW_y_")),
        # An elementwise map is a diagonal: its derivative touches no wire, x and m join at dots.
        ("x m = tanh(X)", {"head": 2, "dot": 2, "cup": 0}, ("dX",)),
        # Contractions give one contraction to each of their factors.
        ("x y = einsum(X, Y)", {"cup": 2, "dot": 2}, ("dX", "dY")),
        # A sum over an axis becomes a broadcast along it: one bar, no contraction.
        ("x = sum[m](X)", {"bar": 1, "cup": 0, "dot": 0}, ("dX",)),
        # A pool is a window forward and its mirror image back.
        ("x p = maxpool[m -> p, kernel=2, stride=2](X)", {"trapezoid": 2, "star": 2}, ("dX",)),
    ],
)
def test_backward_figures_show_how_wires_go_back(line, wanted, gradients):
    """Abbott 2024, section 4 (figures 29 on): what must be seen, counted by hand from the rule."""
    other = ", Y: y m" if "Y" in line else ""
    axes = line.partition(" =")[0]
    back = Diagram.from_text(f"def F(X: x m{other}) -> {axes}\n  y_: {line}\n").backward()
    assert back.graph.outputs == gradients
    scene, _ = scene_of(back, (), 100_000)
    found = {role: sum(m.role.split()[0] == role for m in scene.marks) for role in wanted}
    assert found == wanted


def test_copies_become_sums():
    text = "def F(X: x) -> x\n  a: x = exp(X)\n  b: x = sin(X)\n  z: x = add(a, b)\n"
    back = Diagram.from_text(text).backward()
    assert [n.attrs["fn"] for n in back.graph.nodes if n.kind == "combine"][-1] == "add"
    assert back.graph.nodes[-1].out.name == "dX"


def test_what_is_not_known_is_grey():
    diagram = Diagram.from_text("def F(X: x) -> x\n  y: x = opaque[cumsum](X)\n")
    scene, _ = scene_of(diagram)
    assert [m.role for m in scene.marks if m.role.startswith("box")] == ["box opaque"]
    assert b"box opaque" in diagram.file("svg")


def test_axis_groups_are_double_lines():
    assert counts("visual")["double"] >= 6
    assert "double" not in counts("attention")


@pytest.mark.parametrize("name", LIBRARY)
def test_no_constraint_is_broken_and_the_bytes_are_the_same_twice(name):
    diagram = Diagram.from_text(LIBRARY[name].text)
    strip = placed(diagram)
    assert strip.tracks.n_unsolved == 0
    y = strip.tracks.y
    for upper, gaps in enumerate(strip.tracks.below):
        assert all(y[lower] - y[upper] >= gap - 1e-9 for lower, gap in gaps.items())
    assert diagram.file("svg") == Diagram.from_text(LIBRARY[name].text).file("svg")


@pytest.mark.parametrize("name", LIBRARY)
def test_labels_do_not_lie_on_each_other(name):
    scene, _ = scene_of(Diagram.from_text(LIBRARY[name].text), (), 1100)
    labels = [m for m in scene.marks if m.role in ("axis", "group")]
    boxes = [(float(m.shape["x"]), float(m.shape["y"]), m.axis) for m in labels]
    for k, (x, y, _) in enumerate(boxes):
        assert not [1 for u, v, _ in boxes[:k] if abs(x - u) < 5 and abs(y - v) < 9]


@pytest.mark.parametrize("name", LIBRARY)
def test_no_straight_wire_runs_through_a_box(name):
    scene, _ = scene_of(Diagram.from_text(LIBRARY[name].text), (), 1100)
    boxes = [m.shape for m in scene.marks if m.role in ("box", "front", "box conv")]
    for mark in scene.marks:
        found = re.fullmatch(r"M(\S+) (\S+)H(\S+)", str(mark.shape.get("d", "")))
        if mark.role not in ("wire", "double") or not found:
            continue
        x0, y, x1 = map(float, found.groups())
        for b in boxes:
            inside = b["y"] + 2 < y < b["y"] + b["height"] - 2
            assert not (inside and x0 < b["x"] - 2 and x1 > b["x"] + b["width"] + 2)


def test_a_block_can_be_folded_and_opened():
    diagram = Diagram.from_text(LIBRARY["pre-norm"].text)
    closed, n_closed = scene_of(diagram, ("Layer",))
    opened, n_opened = scene_of(diagram, ())
    assert n_closed == 1 < n_opened
    assert closed.count("front") == 1
    assert opened.count("front") == 0
    inner, _ = scene_of(diagram, ("Layer/MultiHeadAttention",))
    assert inner.count("front") == 1


def test_more_than_three_hundred_operations_fold_by_themselves():
    blocks = []
    for k in range(9):
        lines = "\n".join(
            f"    v{k}_{j}: x = relu({f'v{k}_{j - 1}' if j else (f'v{k - 1}_49' if k else 'X')})"
            for j in range(50)
        )
        start = "X" if not k else f"v{k - 1}_49"
        blocks.append(f"  block B{k}: {start} -> v{k}_49\n{lines}")
    text = "def Long(X: x) -> x\n" + "\n".join(blocks)
    result = drawing(DrawSpec(text=text))
    assert result.n_visible <= VISIBLE_MAX
    assert result.folded
    assert "450 operations" not in " ".join(result.notes)
    assert "folded" in " ".join(result.notes)
    everything = folded_blocks(Diagram.from_text(text), ("*",))
    assert everything == ()


HOSTILE = """def F(X: x) -> x
  Y: x = relu(X)
  note Y "<script>alert(1)</script> & \\end{tikzpicture} $x$"
"""


def test_names_and_notes_are_text_in_every_file():
    diagram = Diagram.from_text(HOSTILE)
    svg, html = diagram.file("svg").decode(), diagram.file("html").decode()
    assert "<script>alert" not in svg
    assert html.count("<script") == 2  # ours: the data and the code
    ET.fromstring(svg)
    tikz = diagram.file("tikz").decode()
    assert tikz.count(r"\end{tikzpicture}") == 1
    assert r"\$x\$" in tikz


@pytest.mark.parametrize("name", LIBRARY)
def test_every_file_is_whole(name):
    diagram = Diagram.from_text(LIBRARY[name].text)
    ET.fromstring(diagram.file("svg").decode())
    tikz = diagram.file("tikz").decode()
    assert tikz.count("{") == tikz.count("}")
    assert all(line.endswith(";") for line in tikz.split("\n") if line.startswith("\\path"))
    html = diagram.file("html").decode()
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert len(html) < 150_000 + len(diagram.file("svg"))


def test_there_is_no_other_kind_of_file():
    with pytest.raises(DiagramError, match="svg"):
        Diagram.from_text(HOSTILE).file("pickle")


def test_a_wrapped_line_goes_on_with_arrow_tips():
    diagram = Diagram.from_text(LIBRARY["unet"].text)
    wide, _ = scene_of(diagram, (), 100_000)
    narrow, _ = scene_of(diagram, (), 700)
    assert wide.count("tip") == 0
    assert narrow.count("tip") >= 4
    assert narrow.width < 1100 < wide.width
