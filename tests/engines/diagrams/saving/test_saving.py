"""Kept in few bits: codes, classes of slopes, bytes, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.diagrams import few_bits
from engines.diagrams.arms.results import ArmsResult
from engines.diagrams.experiments.training.saving import EXPERIMENT
from engines.diagrams.saving.answers import answers
from engines.diagrams.saving.asked import (
    ALONE,
    ARMS,
    BYTES,
    CLASSES,
    COSINE,
    FULL,
    FUNCTIONS,
    RIGHT,
    SavingSpec,
)
from engines.diagrams.saving.classes import best_cuts, classes, slopes
from engines.diagrams.saving.networks import bytes_kept, outputs
from engines.diagrams.saving.packing import coded, decoded
from engines.diagrams.saving.running import Comparison


@pytest.fixture(scope="module")
def run() -> ArmsResult:
    return few_bits(n_steps=10, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None)
@given(st.sampled_from([1, 2, 4, 8]), st.integers(1, 20), st.integers(0, 1_000))
def test_what_is_decoded_is_within_half_a_step_and_keeps_the_ends(bits, n, seed):
    values = torch.randn(3, n, generator=torch.Generator().manual_seed(seed))
    again = decoded(coded(values, bits), bits, n)
    step = (values.amax(-1) - values.amin(-1)) / (2**bits - 1)
    assert ((again - values).abs() <= 0.5001 * step[:, None] + 1e-6).all()
    torch.testing.assert_close(again.amin(-1), values.amin(-1))
    torch.testing.assert_close(again.amax(-1), values.amax(-1))


@settings(deadline=None)
@given(st.integers(2, 30), st.integers(0, 1_000))
def test_more_pieces_are_never_worse_and_as_many_as_places_are_exact(n, seed):
    rng = np.random.default_rng(seed)
    values, weights = rng.standard_normal(n), rng.random(n) + 0.1
    errors = [best_cuts(values, weights, k)[1] for k in range(1, n + 1)]
    assert (np.diff(errors) <= 1e-9).all()
    assert errors[-1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("bits", "off"), [(1, 0.5), (2, 0.2), (4, 0.06), (8, 0.005)])
def test_classes_of_gelu_say_its_slope(bits, off):
    bounds, known = classes("GELU", bits)
    assert len(known) == len(bounds) + 1 == 2**bits
    x = torch.linspace(-4, 4, 400)
    missed = (known[torch.bucketize(x, bounds)] - slopes("GELU", x)).abs()
    assert missed.max() < off


def test_all_arms_say_the_same_and_only_the_way_back_differs():
    made = Comparison(SavingSpec(n_steps=10, n_nets=2))
    x, _ = made.batches.batch(0)
    for name in FUNCTIONS:
        said = [outputs(made.groups[0].weights, x, name, arm, 4) for arm in ARMS]
        torch.testing.assert_close(said[0], said[1])
        torch.testing.assert_close(said[0], said[2])


def test_eight_bits_of_everything_are_nearly_the_gradient():
    made = Comparison(SavingSpec(n_steps=10, n_nets=2, bits=8))
    for group in made.groups:
        assert group.cosine(*made.some, group.arm).min() > 0.999


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_bytes_by_hand(bits):
    """Four inputs of linear maps with two numbers a row; classes in 1 bit or so many."""
    made = Comparison(SavingSpec(n_steps=10, n_nets=2, bits=bits))
    x, _ = made.batches.batch(0)
    classes.cache_clear()
    inputs = 4 * (8 * bits + 8)
    for group in made.groups:
        own = {"ReLU": 24, "GELU": 24 * bits}[group.name]
        alone = {"ReLU": 0, "GELU": 3 * (8 * bits + 8)}[group.name]
        full = {"ReLU": 1024, "GELU": 1792}[group.name]
        want = {FULL: full, CLASSES: inputs + own, ALONE: inputs + alone}[group.arm]
        assert bytes_kept(group.weights, x, group.name, group.arm, bits) == want


def test_the_result_holds_all_arms_and_functions(run):
    looks = run.looks
    assert np.isfinite(looks.seen).all()
    # First weights are the same for all arms.
    first = looks.seen[looks.plan.measures.index(RIGHT), 0]
    np.testing.assert_array_equal(first[0], first[1])
    np.testing.assert_array_equal(first[0], first[2])
    assert (looks.at(COSINE, FULL, "ReLU") == 1.0).all()
    assert (looks.at(COSINE, CLASSES, "ReLU") > looks.at(COSINE, ALONE, "ReLU")).all()
    assert looks.mean(BYTES, CLASSES, "ReLU").value == 184.0
    assert not EXPERIMENT.findings(run)


def test_claims_are_about_four_bits_and_200_steps(run):
    told = replace(run, spec=SavingSpec())
    found = EXPERIMENT.findings(told)
    assert len(found) == 4
    assert found[0].word == "holds"
    # Four inputs of linear maps, and three layers of 64 in 32 bits: less than a third is not had.
    assert found[0].control.value == pytest.approx(1024 / (4 * 40 + 3 * 64 * 4))
    assert not EXPERIMENT.findings(replace(run, spec=SavingSpec(bits=2)))


def test_equal_seeds_give_equal_networks_and_neighbours_share_none(run):
    np.testing.assert_array_equal(run.looks.seen, few_bits(n_steps=10, n_nets=2).looks.seen)
    a, b = (Comparison(SavingSpec(n_steps=10, n_nets=3, seed=seed)) for seed in (0, 1))
    first = [set(c.groups[0].weights[0].flatten(1)[:, 0].tolist()) for c in (a, b)]
    assert not first[0] & first[1]


def test_bits_that_fill_no_byte_are_refused():
    with pytest.raises(SpecError, match="Bits"):
        few_bits(bits=3)


def test_networks_that_diverge_are_no_numbers():
    made = Comparison(SavingSpec(n_steps=10, n_nets=3))
    for group in made.groups:
        if group.arm != ALONE:
            group.weights[2].data[1] = torch.nan
    cosine, kept, right = made.look()
    assert np.isnan(cosine[:, :, 1]).all()
    assert np.isfinite(cosine[:, :, [0, 2]]).all()
    assert np.isnan(right[:2, :, 1]).all()
    assert np.isfinite(right[:2, :, [0, 2]]).all()
    assert np.isfinite(right[2]).all()
    assert np.isfinite(kept).all()


def test_all_arms_are_asked_for_gradients_at_the_same_weights():
    made = Comparison(SavingSpec(n_steps=10, n_nets=2))
    before = made.look()[0]
    for group in made.groups:
        if group.arm != FULL:
            group.learn(*made.batches.batch(0))
    np.testing.assert_array_equal(made.look()[0], before)
