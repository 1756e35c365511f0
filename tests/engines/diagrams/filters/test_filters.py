"""Filters that are predicted: who is chosen, what is paid, and what a run holds."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.diagrams.experiments.training.filters import EXPERIMENT
from engines.diagrams.filters.answers import answers
from engines.diagrams.filters.asked import (
    ALL,
    ARMS,
    FOUND,
    GUESSED,
    KNOWN,
    LEVELS,
    RIGHT,
    SAME,
    FiltersSpec,
)
from engines.diagrams.filters.costing import flops
from engines.diagrams.filters.networks import most
from engines.diagrams.filters.results import FiltersResult
from engines.diagrams.filters.running import BLOCKS, Comparison

SHORT = FiltersSpec(n_before=10, n_after=10, n_nets=2)


def _result() -> FiltersResult:
    return cast("FiltersResult", EXPERIMENT.result(SHORT))


@pytest.fixture(scope="module")
def run() -> FiltersResult:
    return _result()


@pytest.fixture(scope="module")
def parted() -> Comparison:
    made = Comparison(SHORT)
    for step in range(30):
        made.learn(step)
    made.part_ways()
    return made


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 1_000))
def test_those_that_are_chosen_are_as_many_and_none_left_is_higher(n, n_nets, seed):
    draw = torch.Generator().manual_seed(seed)
    scores = torch.randint(0, 5, (n_nets, 3, n), generator=draw).float()
    kept = torch.randint(1, n + 1, (n_nets,), generator=draw)
    chosen = most(scores, kept)
    assert (chosen.sum(-1) == kept[:, None]).all()
    low = torch.where(chosen, scores, torch.inf).amin(-1)
    high = torch.where(chosen, -torch.inf, scores).amax(-1)
    assert (low >= high).all()


@given(st.integers(1, 16).map(lambda k: 4 * k))
def test_a_head_costs_what_it_maps_and_less_than_it_spares(n):
    sizes = (n // 2, n, n)
    for level, share in zip(LEVELS, (0.75, 0.5), strict=True):
        heads = flops(GUESSED, level, sizes) - flops(SAME, level, sizes)
        assert heads == 2 * (n // 2) * n + 2 * round(share * n) * n
        assert flops(GUESSED, level, sizes) < flops(ALL, level, sizes)
        # What turns out to fire most is known only once all has been computed.
        assert flops(KNOWN, level, sizes) == flops(ALL, level, sizes)


def _chosen(made: Comparison, arm: str, never: tuple[int, ...] = ()) -> torch.Tensor:
    block = BLOCKS.index((arm, LEVELS[0] if arm == ALL else "half"))
    return made.exam(never)[2].unflatten(0, (made.n_blocks, -1))[block]


def test_the_same_for_all_are_the_same_and_predicted_ones_are_not(parted):
    same, guessed = _chosen(parted, SAME), _chosen(parted, GUESSED)
    assert (same == same[:, :1]).all()
    assert not (guessed == guessed[:, :1]).all()
    assert _chosen(parted, ALL).all()


def test_heads_learn_which_fire_and_who_knows_misses_none(parted):
    found = dict(zip(BLOCKS, parted.exam(())[1].mean(1), strict=True))
    for level in LEVELS:
        assert found[KNOWN, level] == 1.0
        # Drawn at random, as many as are computed would be found.
        assert found[GUESSED, level] > {"half": 0.75, "three of four": 0.9}[level]


def test_those_left_out_by_hand_are_computed_for_nobody_and_others_take_their_place(parted):
    chosen = _chosen(parted, GUESSED, (1, 4))
    assert not chosen[..., [0, 3]].any()
    assert (chosen.sum(-1) == 8).all()
    assert (_chosen(parted, ALL, (1, 4)).sum(-1) == 14).all()


def test_a_filter_that_is_not_computed_is_not_read(parted):
    """Whatever the weights of a filter left out are, they change nothing."""
    before = parted.exam((2,))[0]
    w, _ = parted.own.filters[-1]
    kept = w.detach()[..., 1].clone()
    w.data[..., 1] = 100.0
    known = [k for k, (arm, _) in enumerate(BLOCKS) if arm != KNOWN]
    np.testing.assert_array_equal(parted.exam((2,))[0][known], before[known])
    w.data[..., 1] = kept


def test_the_result_holds_all_arms_and_levels(run):
    assert np.isfinite(run.looks.seen).all()
    first = run.looks.seen[:, 0]
    # Until they part, all arms are the same networks.
    np.testing.assert_array_equal(first, np.broadcast_to(first[:, :1, :1], first.shape))
    np.testing.assert_array_equal(run.whole, run.looks.seen[0, -1])
    assert run.often.shape == (16, 10)
    # Half of the filters are computed for every picture, whatever it shows.
    np.testing.assert_allclose(run.often.mean(axis=0), 0.5)
    assert run.saved(ALL, "half") == run.saved(KNOWN, "half") == 0.0
    assert run.saved(GUESSED, "half") == pytest.approx(1 - 10_112 / 20_992)
    assert run.lost(ALL, "half").value == 0.0
    assert not EXPERIMENT.findings(run)


def test_claims_are_about_digits_and_whole_networks(run):
    told = replace(run, spec=FiltersSpec())
    assert next(one.word for one in EXPERIMENT.findings(told)) == "holds"
    assert len(EXPERIMENT.findings(told)) == 4
    for spec in (FiltersSpec(never=(1,)), FiltersSpec(task="letters"), FiltersSpec(n_after=40)):
        assert not EXPERIMENT.findings(replace(run, spec=spec))


def test_differences_are_of_the_same_networks(run):
    apart = run.apart(RIGHT, GUESSED, SAME)
    each = [np.mean([run.looks.at(RIGHT, arm, level) for level in LEVELS]) for arm in ARMS]
    assert apart.value == pytest.approx(each[ARMS.index(GUESSED)] - each[ARMS.index(SAME)])
    lost = run.lost(SAME, "half").value
    assert lost == pytest.approx(
        np.mean(run.looks.at(RIGHT, ALL, "half") - run.looks.at(RIGHT, SAME, "half"))
    )
    assert run.apart(FOUND, KNOWN, SAME).value > 0.0


def test_equal_seeds_give_equal_networks_and_neighbours_share_none(run):
    np.testing.assert_array_equal(run.looks.seen, _result().looks.seen)
    a, b = (Comparison(FiltersSpec(seed=seed)).own.filters[0][0] for seed in (0, 1))
    assert not set(a.flatten(1)[:, 0].tolist()) & set(b.flatten(1)[:, 0].tolist())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"never": (17,)}, "filters 1 to 16, got 17"),
        ({"never": (0,)}, "got 0"),
        ({"never": tuple(range(1, 10))}, "at most 8"),
        ({"n_filters": 10}, "Filters"),
    ],
)
def test_what_cannot_be_left_out_is_refused(fields, said):
    with pytest.raises(SpecError, match=said):
        FiltersSpec(**fields)


def test_networks_that_diverge_are_no_numbers():
    made = Comparison(SHORT)
    made.part_ways()
    made.own.filters[1][0].data[1] = torch.nan
    seen = made.look()
    assert np.isnan(seen[:, 0, 0, 1]).all()
    assert np.isfinite(seen[:, 0, 0, 0]).all()
