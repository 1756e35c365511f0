"""Lottery tickets: masks counted by hand, exact zeros, first weights to the bit, and the run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.geometry.experiments.pruning.tickets import EXPERIMENT
from engines.geometry.pruning.pictures import TicketRun
from engines.geometry.pruning.spec import AGAIN, DEALT, EARLY, TICKET, WIDTHS, TicketSpec
from engines.geometry.pruning.tickets import dealt, density, full, moments, pruned, started

SPEC = TicketSpec(n_rounds=2, share=0.5, n_steps=60, every=2, n_seeds=3)
HIDDEN_AND_OUTPUT = ("0.weight", "2.weight", "4.weight")


@pytest.fixture(scope="module")
def run() -> TicketRun:
    found = EXPERIMENT.result(SPEC)
    assert isinstance(found, TicketRun)
    return found


@given(st.floats(0.05, 0.8))
@settings(max_examples=10, deadline=None)
def test_what_goes_is_the_smallest_of_each_layer_and_half_the_share_of_the_output(share):
    stack = started(SPEC)
    kept = pruned(stack, full(stack), share)
    for name, part in zip(HIDDEN_AND_OUTPUT, (share, share, share / 2), strict=True):
        size = stack.parameters[name].abs()
        for net in range(stack.n_nets):
            left = kept[name][net]
            assert int((~left).sum()) == pytest.approx(part * left.numel(), abs=0.5 + 1e-9)
            assert size[net][~left].max() <= size[net][left].min()


def test_a_pruned_weight_never_comes_back():
    stack = started(SPEC)
    once = pruned(stack, full(stack), 0.5)
    for name, mask in once.items():
        stack.parameters[name].masked_fill_(~mask, 0.0)
    twice = pruned(stack, once, 0.5)
    for name in once:
        assert not (twice[name] & ~once[name]).any()
    assert density(twice).max() < 0.27


def test_a_random_mask_has_the_layers_densities_and_other_places():
    stack = started(SPEC)
    kept = pruned(stack, full(stack), 0.7)
    other = dealt(kept, 3)
    for name, mask in kept.items():
        assert torch.equal(other[name].flatten(1).sum(1), mask.flatten(1).sum(1))
        both = (other[name] & mask).double().mean() / mask.double().mean()
        assert both == pytest.approx(float(mask.double().mean()), abs=0.06)
    assert all(torch.equal(other[name], dealt(kept, 3)[name]) for name in kept)


def test_the_other_start_is_another_and_the_same_start_the_same():
    one, same, again = started(SPEC), started(SPEC), started(SPEC, again=True)
    assert torch.equal(one.weights, same.weights)
    assert not torch.equal(one.weights[0], again.weights[0])


def test_every_round_is_examined_at_the_early_step(run):
    assert EARLY in moments(SPEC)
    assert np.isfinite(run.course.accuracy[TICKET]).all()
    assert run.course.density[0] == 1.0
    assert run.course.density[2] == pytest.approx(
        (49_200 * 0.25 + 1_000 * 0.75**2) / 50_200, abs=1e-4
    )
    # Controls of the rounds that were not asked for are not there.
    assert np.isnan(run.course.accuracy[AGAIN:, 1]).all()


def test_the_wiring_is_the_ticket(run):
    (gift,) = run.gives()
    matrix = gift.make()
    assert matrix.weights.shape == (sum(WIDTHS),) * 2
    assert len(set(matrix.names)) == sum(WIDTHS)
    n_all = sum(a * b for a, b in pairwise(WIDTHS))
    share = np.count_nonzero(matrix.weights) / n_all
    assert share == pytest.approx(float(run.course.density[-1]), abs=1e-6)
    assert not np.count_nonzero(matrix.weights[:, :64])  # nothing runs back to pixels


def test_tickets_learn_faster_than_their_controls(run):
    assert run.course.less(TICKET, AGAIN, EARLY).low > 0.1
    assert run.course.less(TICKET, DEALT, 0).low > 0.1
    assert len(EXPERIMENT.findings(run)) == 5


def test_each_round_is_a_moment_with_pictures(run):
    assert len(run.moments()) == 2
    first, last = run.moments()[0].pictures(), run.pictures()
    assert len(last) == len(first) + 1
    assert set(first[0].lines) == {"dense"}
    assert len(last[0].lines) == 4


@pytest.mark.parametrize(
    ("bad", "says"),
    [({"n_rounds": 20, "share": 0.5}, "0.002 is the least"),
     ({"n_steps": 5_000, "n_seeds": 16}, "longer than a page")],
)  # fmt: skip
def test_what_empties_a_layer_or_takes_hours_is_refused(bad, says):
    with pytest.raises(SpecError, match=says):
        TicketSpec(**bad)


@pytest.mark.parametrize(
    "answer", [a for a in EXPERIMENT.known_answers() if not a.full], ids=lambda a: a.target
)
def test_what_is_known_is_found(answer):
    assert answer.verdict().reproduced
