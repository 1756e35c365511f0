"""Bounds drawn under wires: boxes that keep an answer, bands, turns, refusals."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.diagrams import Diagram, DiagramError, bounds_drawn
from engines.diagrams.drawing.files import scene_from_json
from engines.diagrams.drawing.painting.scene import Mark
from engines.diagrams.drawing.picture import scene_of
from engines.diagrams.experiments.proving.bounds import CLAIMS, DEEP, EXPERIMENT, GATE
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.reaching import boxes
from engines.diagrams.reaching.answers import answers
from engines.diagrams.reaching.asked import N_SIZES, BoundsSpec
from engines.diagrams.reaching.bands import INTERVALS, LINES, ROOM, SEEN, ends, with_bands
from engines.diagrams.reaching.boxes import VISITED, Boxed
from engines.diagrams.reaching.results import BoundsResult
from engines.diagrams.reaching.running import around_examples, learning_of
from engines.diagrams.reaching.showing import redrawn, with_reach
from engines.diagrams.running.module import module_from_circuit

SMALL: dict[str, Any] = {"n_examples": 3, "n_samples": 20, "n_steps": 40}


@pytest.fixture(scope="module")
def run() -> BoundsResult:
    found = EXPERIMENT.result(BoundsSpec(text=DEEP, **SMALL))
    assert isinstance(found, BoundsResult)
    return found


@pytest.mark.parametrize("answer", answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_bounds_hold_what_torch_itself_computes_in_the_box():
    """Inputs that torch runs, not the network that bounds were read from."""
    text = "def M(x: b p) -> b c\n  u: b h = Linear+[A](x)\n  t: b h = gelu(u)\n"
    text += "  y: b c = Linear+[B](t)"
    module = module_from_circuit(circuit_from_text(text), {"b": 1, "p": 3, "h": 5, "c": 2})
    rng = np.random.default_rng(0)
    middle = rng.standard_normal((4, 3))
    boxed = Boxed(module, (middle,), has_examples=True)
    sizes = np.full((4, 1), 0.3)
    low, high = boxed.bounded(sizes, back=True)[boxed.out]
    x = middle[:, None] + rng.uniform(-0.3, 0.3, (4, 500, 3))
    with torch.no_grad():
        y = boxed.module(torch.from_numpy(x.reshape(-1, 3))).numpy().reshape(4, 500, 2)
    assert (y >= low[:, None]).all()
    assert (y <= high[:, None]).all()


def test_what_is_proved_lies_below_what_is_found(run):
    """By lines never less than by intervals, and no other answer inside of what is proved."""
    by_intervals, by_lines, lost = run.radius.T
    assert (by_lines >= by_intervals - 1e-12).all()
    assert (lost > by_lines).all()
    assert run.n_outside == 0
    assert run.n_tried == 3 * N_SIZES * (20 + VISITED)


def test_boxes_that_are_too_small_to_end_are_told_as_such():
    """All are proved, and in none is another answer found: no ratio is made of that."""
    found = bounds_drawn(n_examples=3, n_steps=60, n_samples=2, reach=0.0003)
    assert np.isnan(found.radius[:, LINES]).any()
    assert np.isinf(found.radius[:, SEEN]).any()
    # Who is lost is not proved.
    assert not (np.isnan(found.radius[:, LINES]) & np.isfinite(found.radius[:, SEEN])).any()
    told = found.table().columns
    assert "all that were looked at" in told["proved by lines, ±"]
    assert "in none that was looked at" in told["another answer found at ±"]
    ratio = found.ratio(SEEN, LINES)
    n_out = int((~np.isfinite(found.radius[:, [SEEN, LINES]]).all(axis=1)).sum())
    assert ratio is None or f"{n_out} of 3 examples left out" in ratio.of


def test_inputs_tried_part_by_part_are_those_tried_at_once(monkeypatch):
    spec = BoundsSpec(n_examples=2, n_steps=5)
    boxed = around_examples(spec, learning_of(spec))[0].boxed
    sizes = np.array([[0.01, 0.02, 0.05], [0.1, 0.2, 0.3]])
    lines = boxed.bounded(sizes, back=True)
    # Half of the bounds, so that some inputs lie outside.
    tight = {wire: (low / 2 + high / 2, high) for wire, (low, high) in lines.items()}
    at_once, n_at_once = boxed.tried(sizes, 30, np.random.default_rng(0), tight)
    monkeypatch.setattr(boxes, "_CELLS_MAX", 1)
    by_part, n_by_part = boxed.tried(sizes, 30, np.random.default_rng(0), tight)
    assert n_at_once == n_by_part > 0
    for wire, pair in at_once.items():
        np.testing.assert_allclose(by_part[wire], pair, atol=1e-12)


def test_intervals_grow_with_the_box_and_lines_lie_within_them(run):
    for band in run.bands:
        numbers = band.numbers
        # Of lines that is not so: which one touches a ReLU below changes with its interval.
        assert (np.diff(numbers[..., INTERVALS, 1], axis=2) >= 0.0).all()
        assert (np.diff(numbers[..., INTERVALS, 0], axis=2) <= 0.0).all()
        inner, outer = numbers[..., LINES, :], numbers[..., INTERVALS, :]
        assert (inner[..., 0] >= outer[..., 0] - 1e-7).all()
        assert (inner[..., 1] <= outer[..., 1] + 1e-7).all()
        assert (numbers[..., SEEN, 0] >= inner[..., 0]).all()


def test_a_repeated_block_has_bounds_turn_by_turn(run):
    assert run.of("Layer/r").numbers.shape[0] == 3
    assert run.of("Layer").numbers.shape[0] == 1
    assert run.n_turns == 3
    last = run.of("Layer/z").at(0, 0)
    np.testing.assert_array_equal(run.of("Layer").at(0, 0), last)
    assert not np.array_equal(run.of("Layer/z").at(0, 0, 0), last)


def test_a_verdict_says_what_was_proved_found_or_neither(run):
    said = {run.verdict(k, size)[:6] for k in range(3) for size in range(N_SIZES)}
    assert said <= {"Proved", "False:", "Unknow"}
    for k in range(3):
        for size, reach in enumerate(run.sizes):
            if run.verdict(k, size).startswith("Proved"):
                assert run.lead[k, size, SEEN] > 0.0
            if run.verdict(k, size).startswith("False"):
                assert reach > run.radius[k, LINES]


def test_the_drawing_has_a_frame_under_every_wire_with_its_scale(run):
    drawing = with_reach(run, 1, 3)
    scene = scene_from_json(json.loads(drawing.scene))
    frames = {mark.path for mark in scene.marks if mark.role == "strip"}
    assert {"u", "e", "y", "Layer/r"} <= frames
    written = [m.runs[0][0] for m in scene.marks if m.role == "strip-range" and m.path == "y"]
    low, high = ends(run.of("y").at(1, 3))
    assert [float(v.replace("−", "-")) for v in written[0].split(" … ")] == pytest.approx(
        [low, high], rel=0.02
    )
    meaning = [m.runs[0][0] for m in scene.marks if m.role == "strip-range" and not m.path]
    assert len(meaning) == 3
    folded = redrawn(run, ("*", "Layer"), 800)
    assert "Layer" in folded.drawing.folded
    assert with_reach(folded, 0, 0).scene != drawing.scene


def span(mark: Mark) -> tuple[float, float]:
    top = float(mark.shape["y"])
    return top, top + float(mark.shape["height"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=40), st.floats(0.0, 5.0), st.booleans())
@example([0.015625, -2.0], 0.0, False)
def test_bars_stay_in_their_frame(middles, wide, alike):
    scene = scene_of(circuit_from_text("def N(x: b p) -> b p\n  y: b p = relu(x)"), below=ROOM)[0]
    at = np.array(middles)
    numbers = np.stack([np.stack([at - w, at + w], -1) for w in (3 * wide, wide, wide / 2)], axis=1)
    made = with_bands(scene, {"y": numbers, "x": numbers + 1.0}, alike=alike)
    frame = {m.path: span(m) for m in made.marks if m.role == "strip"}
    for mark in made.marks:
        if mark.role.startswith("heat") and mark.path:
            (top, bottom), box = span(mark), frame[mark.path]
            assert top >= box[0] - 1e-6
            assert bottom <= box[1] + 0.8 + 1e-6


def test_random_numbers_need_no_task_and_have_no_answer():
    found = EXPERIMENT.result(BoundsSpec(text=GATE, data="random numbers", n_samples=50))
    assert isinstance(found, BoundsResult)
    assert found.n_outside == 0
    assert found.verdict(0, 0) == ""
    assert [claim.figure(found) for claim in CLAIMS][1:] == [None, None]
    assert {band.path for band in found.bands} == {"x", "u", "g", "s", "m", "y"}


def test_what_bounds_do_not_know_is_refused_with_its_path():
    text = "def S(x: b p) -> b p\n  y: b p = softmax[p](x)"
    with pytest.raises(DiagramError, match="bounds stop at y: softmax"):
        EXPERIMENT.result(BoundsSpec(text=text, data="random numbers"))


def test_a_wire_that_is_too_long_is_refused_before_anything_is_computed():
    text = "def L(x: b p) -> b c\n  size h = 5000\n  u: b h = Linear[A](x)\n  y: b c = Linear[B](u)"
    learning = learning_of(BoundsSpec(text=text, **SMALL))
    with pytest.raises(InputError, match="5,000 numbers"):
        around_examples(BoundsSpec(text=text, **SMALL), learning)


def test_a_diagram_draws_its_bounds_in_a_notebook():
    diagram = Diagram.from_text("def Even(x: b p) -> b p\n  s: b p = square(x)")
    svg = diagram.bands(np.full((1, 2), -1.0), np.full((1, 2), 2.0))
    assert "heat tight" in svg
    assert "0 … 4" in svg
    found = bounds_drawn(n_examples=2, n_samples=4, n_steps=5)
    assert found.n_outside == 0
