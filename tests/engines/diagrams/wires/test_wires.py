"""Statistics of wires against autograd and numpy one network at a time, and their small curves."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn
from torch.nn import functional as fn

from engines.contract import InputError
from engines.diagrams import Diagram, race
from engines.diagrams.drawing.formats.svg import svg_from_scene
from engines.diagrams.drawing.formats.tikz import tikz_from_scene
from engines.diagrams.drawing.picture import scene_of
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.learning.presets import PRESETS
from engines.diagrams.learning.shown import svg_of_wire
from engines.diagrams.learning.spec import DEEP, WIDE
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.diagrams.watching.spec import ROWS
from engines.diagrams.wires import courses, statistics
from engines.diagrams.wires.followed import OF_A_GRADIENT, OF_A_WIRE, Followed
from engines.diagrams.wires.statistics import Following, Probe
from engines.diagrams.wires.values import heard
from engines.lab.training import stack_from_seeds

REPEATED = """def Turns(x: b m) -> b c
  size N = 3
  block Layer xN: x -> z
    u: b n = Linear+[Up](x)
    a: b n = tanh(u)
    v: b m = Linear[Down](a)
    z: b m = add(x, v)
  y: b c = Linear+[Out](z)
"""
SIGMOIDS = "def Far(x: b p) -> b c\n  size h = 8\n" + "".join(
    f"  {new}: b h = {word}({old})\n"
    for old, new, word in (
        ("x", "u", "Linear+[A]"), ("u", "v", "sigmoid"),
        ("v", "w", "sigmoid"), ("w", "z", "sigmoid"), ("z", "q", "sigmoid"),
    )
) + "  y: b c = Linear+[Out](q)\n"  # fmt: skip
CASES = {
    "attention": (ROWS, {"b": 9, "r": 8, "s": 8, "c": 10}, (9, 8, 8)),
    "a repeated block": (REPEATED, {"b": 9, "m": 5, "n": 7, "c": 10}, (9, 5)),
}


def alone(module: nn.Module, x: torch.Tensor, y: torch.Tensor) -> dict[str, tuple]:
    """Values and gradients of the last turn by autograd, in double precision.

    A copy of every value, because a renamed one is the same tensor and would add up both wires.
    """
    assert isinstance(module, DiagramModule)
    module, last = module.double().eval(), {}

    def hear(path: str, value: torch.Tensor) -> torch.Tensor:
        last[path] = value.clone()
        last[path].retain_grad()
        return last[path]

    with heard(module, hear):
        output = module(hear(module.graph.inputs[0].name, x.double().requires_grad_()))
    fn.cross_entropy(output, y).backward()
    return {path: (v.detach().numpy(), v.grad.numpy()) for path, v in last.items()}


@pytest.mark.parametrize("case", CASES)
def test_every_network_has_the_statistics_that_it_has_alone(case):
    """Against torch's autograd, numpy's quantiles and numpy's singular values."""
    text, sizes, shape = CASES[case]
    circuit = circuit_from_text(text)
    stack = stack_from_seeds(lambda: module_from_circuit(circuit, sizes), (0, 1, 2))
    draw = torch.Generator().manual_seed(5)
    x = torch.randn(shape, generator=draw)
    y = torch.randint(0, 10, (len(x),), generator=draw)
    found = Probe(x, y, fn.cross_entropy).look(stack)
    for net in range(3):
        wanted = alone(stack.module(net), x, y)
        assert set(found) == set(wanted)
        for path, (value, gradient) in wanted.items():
            share = np.linalg.svd(value.reshape(len(value), -1), compute_uv=False)
            share = share[share > 1e-9 * share.max()] / share.sum()
            numbers = [
                value.mean(), value.std(), (value == 0).mean(),
                *np.quantile(value, (0.01, 0.5, 0.99)), np.exp(-(share * np.log(share)).sum()),
            ]  # fmt: skip
            assert found[path][0][net] == pytest.approx(numbers, rel=2e-3, abs=1e-5), path
            told = [
                np.linalg.norm(gradient), gradient.std(), (gradient == 0).mean(),
                *np.quantile(gradient, (0.01, 0.5, 0.99)),
            ]  # fmt: skip
            assert found[path][1][net] == pytest.approx(told, rel=1e-3, abs=1e-6), path


@given(arrays(np.float32, (3, 23), elements=st.floats(-100, 100, width=32)))
def test_shares_are_numpys(rows):
    found = statistics._shares(rows)
    assert found[:, 0] == pytest.approx(rows.mean(1, dtype=np.float64), abs=1e-4)
    assert found[:, 1] == pytest.approx(rows.std(1, dtype=np.float64), abs=1e-3)
    assert (found[:, 2] == (rows == 0).mean(1)).all()
    quantiles = np.quantile(rows.astype(np.float64), (0.01, 0.5, 0.99), axis=1).T
    assert found[:, 3:] == pytest.approx(quantiles, abs=1e-4)


def test_what_is_not_finite_is_in_no_share_and_has_no_rank():
    value = torch.tensor([[[1.0, float("nan")], [3.0, 3.0]], [[1.0, 0.0], [0.0, 1.0]]])
    dead, sane = statistics._of_numbers(value)
    assert dead[0] == pytest.approx(7 / 3)
    assert np.isnan(dead[OF_A_WIRE.index("effective rank")])
    assert sane[OF_A_WIRE.index("effective rank")] == pytest.approx(2.0)
    gradient = statistics._of_gradients(value, 2)
    assert np.isnan(gradient[0]).all()
    assert gradient[1, OF_A_GRADIENT.index("norm")] == pytest.approx(2**0.5)


def test_a_module_is_as_it_was_after_a_look():
    circuit = circuit_from_text(DEEP)
    stack = stack_from_seeds(lambda: module_from_circuit(circuit, {"p": 4, "c": 3}), (0,))
    stack.skeleton.train()
    before = stack.weights.clone()
    Probe(torch.randn(5, 4), torch.zeros(5, dtype=torch.int64), fn.cross_entropy).look(stack)
    assert stack.skeleton.training
    assert stack.skeleton.hear is None
    assert torch.equal(stack.weights, before)


def test_gradients_that_fade_are_told_and_tinted():
    circuit = circuit_from_text(SIGMOIDS)
    stack = stack_from_seeds(lambda: module_from_circuit(circuit, {"p": 4, "c": 3}), (0, 1))
    y = torch.zeros(6, dtype=torch.int64)
    following = Following(Probe(torch.randn(6, 4), y, fn.cross_entropy))
    for step in (0, 1):
        following.look(step, stack)
    followed = following.so_far()
    norms = dict(zip(followed.paths, followed.norms(), strict=True))
    faint = followed.vanishing()
    assert {"x", "u"} <= set(faint)
    assert all((norms[path] * 100 < norms["y"]) == (path in faint) for path in norms)
    scene = courses.tinted(scene_of(circuit)[0], faint)
    tinted = {m.path or m.value for m in scene.marks if m.role.endswith("vanished")}
    assert tinted == set(faint)


def test_seeds_that_diverged_are_in_no_mean_and_are_counted():
    circuit = circuit_from_text(WIDE)
    stack = stack_from_seeds(lambda: module_from_circuit(circuit, {"p": 4, "c": 3}), (0, 1, 2))
    probe = Probe(torch.randn(6, 4), torch.zeros(6, dtype=torch.int64), fn.cross_entropy)
    every, some = Following(probe), Following(probe)
    for step in (0, 1):
        every.look(step, stack)
        some.look(step, stack, np.array([True, False, True]) | (step == 0))
    all_, alive = every.so_far(), some.so_far()
    norm = all_.gradients[:, [0, 2], -1, 0].mean(axis=1)
    np.testing.assert_allclose(alive.norms(), norm, rtol=1e-6)
    picture = alive.pictures_of("a")[0]
    assert "mean of 2 of 3 seeds, the others diverged" in str(picture)
    mean = all_.numbers[all_.paths.index("a"), [0, 2], -1, OF_A_WIRE.index("mean")].mean()
    assert picture.lines["mean"][-1] == pytest.approx(mean)
    marks = courses.with_courses(scene_of(circuit)[0], alive, "a").marks
    assert any("2 of 3 seeds" in str(mark.runs) for mark in marks)


@pytest.fixture(scope="module")
def raced():
    return race(WIDE, DEEP, n_steps=50, n_seeds=2, learning_rates="0.003")


def test_a_race_follows_the_wires_of_everyone_but_the_control(raced):
    deep = raced.wires("Deep")
    assert deep.paths == ("x", "u", "a", "v", "d", "w", "e", "y")
    assert deep.steps[0] == 0
    assert deep.steps[-1] == 50
    assert deep.numbers.shape == (8, 2, len(deep.steps), len(OF_A_WIRE))
    assert deep.gradients.shape == (8, 2, len(deep.steps), len(OF_A_GRADIENT))
    zeros = deep.numbers[deep.paths.index("a"), :, :, OF_A_WIRE.index("zeros")]
    assert (zeros > 0.1).all(), "ReLU is silent for some"
    assert next(picture.title for picture in deep.pictures_of("a")).startswith("a: its numbers")
    with pytest.raises(InputError, match="Wide, Deep were"):
        raced.wires("Wide, other weights")


def test_small_curves_hold_a_line_per_seed_and_one_for_the_mean(raced):
    scene = scene_of(circuit_from_text(DEEP), (), 640)[0]
    made = courses.with_courses(scene, raced.wires("Deep"), "d")
    assert made.count("strip") == len(courses.NUMBERS) + len(courses.GRADIENT)
    n_statistics = sum(len(p.of) for p in (*courses.NUMBERS, *courses.GRADIENT))
    means = made.count("course") + made.count("course back")
    seeds = made.count("course seed") + made.count("course back seed")
    assert (means, seeds) == (n_statistics, 2 * n_statistics)
    for mark in made.marks:
        if mark.role == "strip":
            assert float(mark.shape["x"]) + courses.WIDTH <= made.width
            assert scene.height < float(mark.shape["y"]) + courses.HEIGHT <= made.height
    assert courses.with_courses(scene, raced.wires("Deep"), "nobody") is scene
    assert courses.with_courses(scene, Followed(), "d") is scene
    ET.fromstring(svg_from_scene(made))
    assert tikz_from_scene(made)


def test_a_wire_as_a_picture_of_its_own(raced):
    svg = svg_of_wire(DEEP, raced.wires("Deep"), "d")
    ET.fromstring(svg)
    assert "d: its gradient" in svg
    with pytest.raises(InputError, match="there is no wire 'k'; there are x, u, a"):
        svg_of_wire(DEEP, raced.wires("Deep"), "k")


def test_a_number_that_a_word_learns_has_statistics_too():
    spec = PRESETS["CRReLU, a word of one's own"]
    *_, entrant = spec.entrants
    found = race(entrant.text, task=spec.task, match="nothing", n_steps=50, n_seeds=2,
                 learning_rates="0.003", control=False)  # fmt: skip
    wires = found.wires(found.entered[0].name)
    learned = [path for path in wires.paths if path.endswith("/e")]
    assert learned
    assert np.isfinite(wires.numbers[wires.paths.index(learned[0])]).all()


def test_a_word_called_twice_has_two_paths():
    """Statistics, costs and cards of the second call are its own."""
    text = (
        "word two(x) = x*relu(x)\n\ndef W(x: b p) -> b c\n  size p = 8\n"
        "  u: b h = Linear+[In](x)\n  a: b h = two(u)\n  e: b h = two(a)\n"
        "  y: b c = Linear+[Out](e)\n"
    )
    diagram = Diagram.from_text(text)
    flowed = diagram.values(torch.randn(3, 8))
    assert {len(turns) for turns in flowed.values()} == {1}
    assert {"two/z2", "two_2/z2", "two", "two_2"} <= set(flowed) & set(diagram.costs().by_path)
    assert not torch.equal(flowed["two"][0], flowed["two_2"][0])
