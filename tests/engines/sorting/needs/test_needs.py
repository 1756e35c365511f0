"""Homeostatic networks: what they take, when, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.contract import InputError
from engines.sorting import homeostatic
from engines.sorting.experiments.learning.needs import EXPERIMENT
from engines.sorting.needs.answers import answers
from engines.sorting.needs.asked import (
    ARMS,
    BEGAN,
    BEST,
    CHANGING,
    COIN,
    INTERVALS,
    LEAST,
    N_CLASSES,
    NEED,
    RATES,
    SHOWN,
    STAYING,
    STEP,
    UNITS,
    NeedsSpec,
)
from engines.sorting.needs.learners import eaten, effect, moved, right, seen, would_take
from engines.sorting.needs.results import NeedsResult, of_kind
from engines.sorting.needs.running import Learners

SHORT = NeedsSpec(n_batches=40, n_nets=3)


@pytest.fixture(scope="module")
def run() -> NeedsResult:
    return homeostatic(n_batches=40, n_nets=3)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_what_is_taken_acts_by_what_it_is_and_no_rate_falls_below_the_least():
    change = effect(torch.tensor([9, 5, 4, 0]), 0.1)
    assert change.tolist() == pytest.approx([0.1, 0.1, -0.1, -0.1])
    rates = [torch.full((4, 2), 0.05)]
    assert eaten(rates, change, None)[0][:, 0].tolist() == pytest.approx([0.15, 0.15, LEAST, LEAST])
    shares = [torch.tensor([[0.5, 1.5]] * 4)]
    assert eaten(rates, change, shares)[0][0].tolist() == pytest.approx([0.1, 0.2])


def test_it_is_taken_when_a_step_at_the_other_rate_is_right_more_often():
    """One learner at a time, by torch's own functions."""
    draw = torch.Generator().manual_seed(0)
    layers = [(torch.randn(40, 10, 8, generator=draw), torch.randn(40, 10, generator=draw))]
    slope = [(torch.randn(40, 10, 8, generator=draw), torch.randn(40, 10, generator=draw))]
    x, label = torch.randn(40, 20, 8, generator=draw), torch.randint(0, 10, (40, 20))
    now, then = [torch.full((40, 10), 0.1)], [torch.full((40, 10), 0.4)]
    takes = would_take(layers, slope, now, then, (x, label))
    for k in range(40):
        scores = []
        for rate in (0.1, 0.4):
            weight, bias = (v[k] - rate * s[k] for v, s in zip(layers[0], slope[0], strict=True))
            said = torch.nn.functional.linear(x[k], weight, bias)
            scores.append((said.argmax(-1) == label[k]).float().mean())
        assert bool(takes[k]) == bool(scores[1] > scores[0])
    assert takes.any()
    assert not takes.all()


def test_rates_that_stay_stay_and_others_change_by_whole_steps():
    made = Learners(SHORT)
    start = [rate.clone() for rate in made.rates]
    for batch in range(20):
        made.learn(batch)
    n = made.n_each * len(RATES)
    for rate, was in zip(made.rates, start, strict=True):
        assert torch.equal(rate[len(CHANGING) * n :], was[len(CHANGING) * n :])
        steps = (rate[:n, 0] - was[:n, 0]) / STEP
        torch.testing.assert_close(steps, steps.round(), rtol=0, atol=1e-3)
        assert steps.abs().max() >= 1
    own = made.rates[0][CHANGING.index(UNITS) * n : (CHANGING.index(UNITS) + 1) * n]
    assert (own.std(-1) > 0).any()


def test_all_kinds_begin_alike_and_before_the_first_swap_all_worlds_are_one():
    made = Learners(SHORT)
    first = made.learn(0).view(len(ARMS), len(INTERVALS), 3)
    assert torch.equal(first, first[:1, :1].expand_as(first))
    later = torch.stack([made.learn(k) for k in range(1, 20)]).view(19, len(ARMS), -1, 3)
    staying = later[:, -len(STAYING) :]
    assert torch.equal(staying, staying[:, :, :1].expand_as(staying))


def test_a_step_is_against_the_slope():
    layers = [(torch.ones(1, 2, 2), torch.ones(1, 2))]
    slope = [(torch.ones(1, 2, 2), torch.zeros(1, 2))]
    after = moved(layers, slope, [torch.tensor([[0.5, 0.25]])])
    assert after[0][0].tolist() == [[[0.5, 0.5], [0.75, 0.75]]]
    said = seen(after, torch.eye(2)[None]).logits
    assert right(said, torch.tensor([[1, 1]])).tolist() == [1.0]


@pytest.mark.parametrize("kind", SHOWN)
def test_starts_and_rates_are_chosen_by_the_other_networks(kind):
    found = np.zeros((len(ARMS), 1, 3))
    first = SHOWN.index(kind) * len(RATES)
    found[first, 0] = [1.0, 0.0, 0.0]
    found[first + 1, 0] = [0.0, 0.5, 0.4]
    np.testing.assert_allclose(of_kind(found, kind)[0], [0.0, 0.0, 0.0])
    np.testing.assert_allclose(of_kind(found[:, :, ::-1], kind)[0], [0.0, 0.0, 0.0])


def test_where_by_need_began_is_the_rate_that_is_its_start():
    found = np.zeros((len(ARMS), 1, 3))
    found[ARMS.index(f"{NEED}, from 0.2"), 0] = 1.0
    found[ARMS.index("stays at 0.2"), 0] = 0.25
    found[ARMS.index("stays at 0.5"), 0] = 0.5
    np.testing.assert_allclose(of_kind(found, BEGAN)[0], 0.25)
    np.testing.assert_allclose(of_kind(found, BEST)[0], 0.5)


def test_what_is_remembered_has_the_labels_with_which_it_was_seen():
    made, again = (Learners(NeedsSpec(n_batches=40, n_nets=3, seed=1)) for _ in range(2))
    drawn = [again.drawn(batch) for batch in range(21)]
    for batch in range(21):
        made.learn(batch)
    for (x, label), (theirs, told) in zip(made.past, drawn[-2:], strict=True):
        assert torch.equal(x, theirs)
        assert torch.equal(label, told)
    assert int(drawn[0][1].max()) < N_CLASSES


def test_neighbouring_seeds_share_no_first_weights():
    one, other = (Learners(NeedsSpec(n_batches=40, n_nets=3, seed=seed)) for seed in (0, 1))
    a, b = (made.layers[0][0][:3].flatten(1) for made in (one, other))
    assert not (a[:, None] == b).all(-1).any()


def test_the_result_holds_the_whole_stream(run):
    assert run.batches[-1] == 40
    assert np.isfinite(run.right).all()
    every = [run.at(arm, 20) for arm in STAYING]
    assert min(v.min() for v in every) >= 0
    assert run.gap(20).value == pytest.approx(run.mean(NEED, 20).value - run.mean(BEST, 20).value)
    assert run.apart(NEED, COIN, 0).n == 3
    assert len(run.pictures()) == 4
    assert len(run.moments()) == len(run.batches)
    assert not EXPERIMENT.findings(run)
    with pytest.raises(InputError, match="never"):
        run.at(NEED, 7)


def test_equal_seeds_give_equal_streams(run):
    again = homeostatic(n_batches=40, n_nets=3)
    np.testing.assert_array_equal(run.right, again.right)
    np.testing.assert_array_equal(run.rate, again.rate)


@pytest.mark.parametrize(
    ("n_batches", "n_nets", "told"),
    [(399, 40, 0), (400, 8, 1), (400, 39, 1), (400, 40, 2), (1_599, 40, 2), (1_600, 40, 0)],
)
def test_claims_are_for_lengths_and_numbers_of_networks(run, n_batches, n_nets, told):
    asked = {"n_batches": n_batches, "n_nets": n_nets}
    longer = replace(run, spec=run.spec.model_copy(update=asked))
    assert len(EXPERIMENT.findings(longer)) == told
