"""Dendrites: what they follow, when they open, and that no error passes through them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engines.diagrams import dendrites
from engines.diagrams.dendrites.answers import answers, reaching
from engines.diagrams.dendrites.asked import (
    BACKPROP,
    FOLLOWED,
    LOSS,
    NONE,
    PERFORATED,
    RANDOM,
    WAYS,
    DendritesSpec,
)
from engines.diagrams.dendrites.results import DendritesResult
from engines.diagrams.dendrites.running import Comparison
from engines.diagrams.experiments.architectures.dendrites import EXPERIMENT

SHORT: dict[str, Any] = {"n_steps": 20, "n_following": 20, "n_nets": 2}


@pytest.fixture(scope="module")
def run() -> DendritesResult:
    return dendrites(**SHORT)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_error_passes_through_dendrites_that_learn_by_backprop():
    assert reaching(by_gradient=True) > 0.01


def _moved(made: Comparison, cycle: int, *, following: bool) -> dict[str, dict[str, np.ndarray]]:
    """By way and parameter, whether its first axis changes in five steps."""
    before = {name: value.clone() for name, value in made.stack.parameters.items()}
    for training in made.phase(cycle, following=following):
        training.advance(5)
    found: dict[str, dict[str, np.ndarray]] = {way: {} for way in WAYS}
    for name, was in before.items():
        changed = (made.stack.parameters[name] != was).unflatten(0, (len(WAYS), -1)).any(1)
        for way, each in zip(WAYS, changed.flatten(2) if was.ndim > 2 else changed, strict=True):
            found[way][name] = (each.any(-1) if was.ndim > 2 else each).numpy()
    return found


def test_while_a_dendrite_follows_it_alone_changes_and_the_others_go_on():
    moved = _moved(Comparison(DendritesSpec(**SHORT)), 1, following=True)
    ours = moved[PERFORATED]
    assert ours["first.dendrite"].tolist() == ours["last.dendrite"].tolist() == [True, False, False]
    assert not any(ours[f"{layer}.{k}"].any() for layer in ("first", "last")
                   for k in ("weight", "bias", "taken"))  # fmt: skip
    assert moved[NONE]["first.weight"].any()
    assert moved[RANDOM]["first.taken"].tolist() == [True, False, False]
    assert not moved[RANDOM]["first.dendrite"].any()


def test_after_it_is_frozen_and_its_neuron_learns_on():
    moved = _moved(Comparison(DendritesSpec(**SHORT)), 2, following=False)
    assert not moved[PERFORATED]["first.dendrite"].any()
    assert moved[PERFORATED]["first.taken"].tolist() == [True, True, False]
    assert not moved[NONE]["first.taken"].any()
    # Its weight on it is 0 at first, so that one step alone tells it nothing.
    assert moved[BACKPROP]["first.dendrite"].tolist() == [True, True, False]


def test_following_raises_the_correlation():
    made = Comparison(DendritesSpec(**SHORT))
    trainings = made.phase(1, following=True)
    before = made.followed(1)[0]
    trainings[0].advance(20)
    assert (made.followed(1)[0] > before + 0.02).all()


def test_all_ways_begin_alike_and_see_the_same_examples(run):
    result = run
    first = result.looks.seen[:3, 0, :, 0]
    np.testing.assert_array_equal(first, np.repeat(first[:, :1], len(WAYS), axis=1))
    np.testing.assert_array_equal(result.course.loss[0][0], result.course.loss[0][-1])
    assert result.moments()[-1].fraction == 1.0


def test_the_result_holds_every_cycle(run):
    result = run
    assert (np.diff(result.course.steps) > 0).all()
    assert result.course.steps[-1] == 4 * 20 + 3 * 20
    assert np.isfinite(result.looks.seen[:3]).all()
    assert result.looks.mean(FOLLOWED, NONE, "1") is None
    assert result.looks.mean(FOLLOWED, PERFORATED, "3").n == 2
    np.testing.assert_array_equal(
        result.looks.at(LOSS, NONE, "3"), result.course.loss[-1, list(WAYS).index(NONE)]
    )
    assert len(result.pictures()) == 9
    assert len(result.moments()) == len(result.course.steps)
    assert result.before.shape == (3, 2)
    assert result.rise(3).value == pytest.approx(
        result.looks.mean(FOLLOWED, PERFORATED, "3").value - result.drawn(3).value
    )
    assert not EXPERIMENT.findings(result)  # claims want more steps


def test_in_a_notebook_a_number_of_dendrites_is_asked_for(run):
    assert run.looks.mean(LOSS, BACKPROP, "2").n == 2
