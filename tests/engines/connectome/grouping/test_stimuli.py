"""Stimuli that tell types: gradients, symmetries, likelihoods of scipy, controls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from engines.connectome.answers.activity import stimulus_answers
from engines.connectome.experiments.activity.cell_types import (
    CLAIMS,
    EXPERIMENT,
    MEANS,
    RANDOM,
    SOUGHT,
    CellTypesSpec,
)
from engines.connectome.grouping import stimuli


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def run(spec: CellTypesSpec) -> Any:
    return EXPERIMENT.result(spec)


@pytest.mark.parametrize("answer", stimulus_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced, answer.verdict()


def test_filters_are_of_their_types():
    cells = stimuli.planted(rng(), 8, jitter=0.0, noise=0.0)
    images = cells.filters.reshape(-1, stimuli.SIDE, stimuli.SIDE)
    np.testing.assert_allclose(np.linalg.norm(cells.filters, axis=1), 1.0)
    on, off, upright, lying = (images[cells.kind == k][0] for k in range(4))
    np.testing.assert_allclose(on, -off)
    assert on[5:7, 5:7].min() == pytest.approx(on.max())
    np.testing.assert_allclose(upright, -upright[:, ::-1], atol=1e-12)
    np.testing.assert_allclose(lying, upright.T, atol=1e-12)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_steps_uphill_lead_up(seed):
    draw = rng(seed)
    cells = stimuli.planted(draw, 24, jitter=1.0, noise=1.0)
    first = stimuli.smooth(draw, 4)
    made = stimuli.climbed(cells.filters, cells.kind, first, 3.0)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1.0)
    before, after = (stimuli.lead(cells.filters, cells.kind, x, 3.0).sum() for x in (first, made))
    assert before < after <= 0.0


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_the_likeliest_group_is_that_of_scipys_multinomial(seed):
    draw = rng(seed)
    expected, counts = draw.gamma(2.0, size=(3, 5)), draw.poisson(2.0, (5, 7))
    said = stimuli.likeliest(counts, expected)
    for cell in range(7):
        logs = [
            stats.multinomial.logpmf(counts[:, cell], counts[:, cell].sum(), e / e.sum())
            for e in expected
        ]
        assert logs[said[cell]] == pytest.approx(max(logs))


def test_a_group_that_nobody_is_in_is_no_rival():
    cells = stimuli.planted(rng(2), 20, jitter=1.0, noise=0.5)
    shown = stimuli.smooth(rng(3), 3)
    alone = stimuli.lead(cells.filters, cells.kind % 2, shown[:2], 3.0)
    beside = stimuli.lead(cells.filters, cells.kind % 2, shown, 3.0)
    np.testing.assert_allclose(alone, beside[:2])


@pytest.fixture(scope="module")
def found():
    return run(CellTypesSpec(n_populations=4))


def test_few_sought_stimuli_tell_more_than_many_random_ones(found):
    assert found.own.mean(axis=0).min() > 0.9
    mean = found.agreement.mean(axis=0)
    assert mean[SOUGHT, 2] > mean[RANDOM, -1] > mean[MEANS, -1]
    words = [one.word for claim in CLAIMS if (one := claim.finding(found))]
    assert words[1:] == ["holds"] * 3
    assert len(found.pictures()) == 4


def test_the_control_of_types_sees_the_same_filters(found):
    """sklearn's own k-means on the filters of the first population."""
    cells = stimuli.planted(
        np.random.Generator(np.random.Philox(key=[0, 0])), 80, jitter=1.0, noise=1.0
    )
    few: Any = 5
    label = KMeans(4, n_init=few, random_state=0).fit(cells.filters).labels_
    assert found.own[0, 1] == pytest.approx(adjusted_rand_score(cells.kind, label))


def test_a_run_repeats_and_fewer_groups_than_types_are_drawn(found):
    np.testing.assert_array_equal(run(CellTypesSpec(n_populations=4)).agreement, found.agreement)
    few = run(CellTypesSpec(n_groups=2, n_cells=12, n_populations=3))
    assert few.stimuli.shape == (2, 12, 12)
    assert few.own[:, 0].max() < 0.9
