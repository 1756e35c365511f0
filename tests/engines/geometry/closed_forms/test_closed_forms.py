"""Formulas against scipy, brute force and identities, and the run."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.contract.pictures import Axis
from engines.geometry.closed_forms.beside import Beside, Overlay
from engines.geometry.closed_forms.deep_layers import (
    deepest,
    kernels,
    length_error,
    linear_variance,
    spread_error,
)
from engines.geometry.closed_forms.matches import (
    AT_FIRST,
    blocks,
    independent_chance,
    match_chance,
    overlaps,
)
from engines.geometry.closed_forms.recall import (
    HEBB,
    bases,
    corrected,
    hebbian,
    random_keys,
)
from engines.geometry.closed_forms.result import ClosedFormsRun
from engines.geometry.closed_forms.spec import ClosedFormsSpec
from engines.geometry.experiments.theory.closed_forms import CLAIMS, EXPERIMENT
from engines.lab.statistics import half_widths

TINY = ClosedFormsSpec(n_cells=60, n_active=10, n_synapses=8, threshold=2, n_dimensions=8,
                       width=16, depth=4, n_groups=6, n_draws=30)  # fmt: skip


@pytest.fixture(scope="module")
def run() -> ClosedFormsRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, ClosedFormsRun)
    return found


@settings(deadline=None)  # scipy.stats is loaded on the way
@given(st.integers(2, 60), st.data())
def test_chances_are_scipys(n, data):
    """scipy.stats, hypergeom.sf and binom.sf."""
    from scipy import stats

    a, s = (data.draw(st.integers(1, n)) for _ in range(2))
    threshold = data.draw(st.integers(0, min(a, s)))
    assert match_chance(n, a, s, threshold) == pytest.approx(
        stats.hypergeom.sf(threshold - 1, n, s, a), abs=1e-12
    )
    assert independent_chance(n, a, s, threshold) == pytest.approx(
        stats.binom.sf(threshold - 1, s, a / n), abs=1e-12
    )


def test_a_chance_is_the_count_of_every_pattern():
    """Brute force: all 462 patterns of 5 of 11 cells."""
    counts = [sum(cell < 4 for cell in active) for active in combinations(range(11), 5)]
    for threshold in range(5):
        share = np.mean([count >= threshold for count in counts])
        assert match_chance(11, 5, 4, threshold) == pytest.approx(share, abs=1e-12)


def test_patterns_have_as_many_active_cells_as_asked():
    rng = np.random.default_rng(0)
    assert (overlaps(rng, 200, 30, 7, 30) == 7).all()
    assert overlaps(rng, 4_000, 30, 6, 10).mean() == pytest.approx(2.0, abs=0.06)


@given(st.integers(1, 20), st.integers(4, 16), st.integers(0, 100))
def test_linear_attention_is_a_sum_of_outer_products(n, d, seed):
    rng = np.random.default_rng(seed)
    keys, values = random_keys(rng, n, d), rng.normal(size=(n, 3))
    memory = np.sum([np.outer(v, k) for k, v in zip(keys, values, strict=True)], axis=0)
    np.testing.assert_allclose(hebbian(keys, values), keys @ memory.T, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(keys, axis=1), 1.0)


def test_a_corrected_memory_is_where_the_delta_rule_ends():
    """Rescorla & Wagner's rule, 4,000 passes over six pairs."""
    rng = np.random.default_rng(1)
    keys, values = random_keys(rng, 6, 9), rng.normal(size=(6, 2))
    memory = np.zeros((2, 9))
    for _ in range(4_000):
        for key, value in zip(keys, values, strict=True):
            memory += np.outer(value - memory @ key, key)
    np.testing.assert_allclose(keys @ memory.T, corrected(keys, values), atol=1e-9)


def test_keys_of_whole_bases_do_not_disturb_each_other():
    keys = bases(np.random.default_rng(2), 12, 8)
    np.testing.assert_allclose(keys[:8] @ keys[:8].T, np.eye(8), atol=1e-12)
    np.testing.assert_allclose(keys[8:] @ keys[8:].T, np.eye(4), atol=1e-12)
    assert np.abs(keys[:8] @ keys[8:].T).max() > 0.1


def test_kernels_are_those_of_torchs_layers_with_the_same_weights():
    torch = pytest.importorskip("torch")
    width, depth, scale = 5, 3, 1.7
    rng, again = (np.random.default_rng(3) for _ in range(2))
    ours = kernels(rng, 1, width, depth, scale, relu=True)[0]
    x = torch.ones(width)
    for layer in range(depth):
        weight = torch.from_numpy(again.standard_normal((1, width, width), dtype=np.float32)[0])
        x = torch.nn.functional.linear(x, weight * (scale / width) ** 0.5)
        assert ours[layer] == pytest.approx(float(x.square().mean()), rel=1e-4)
        x = x.relu()


def test_the_variance_is_that_of_a_product_of_chi_squares():
    """A product of L independent chi-squares over their degrees, drawn without any network."""
    factors = np.random.default_rng(4).chisquare(12, size=(400_000, 3)) / 12.0
    assert factors.prod(axis=1).var() == pytest.approx(linear_variance(12, 3), rel=0.03)


def test_errors_of_deep_layers_are_those_of_drawn_factors():
    """Products of chi-squares and of means of rectified normal numbers, drawn without weights."""
    rng = np.random.default_rng(5)
    factors = rng.chisquare(24, size=(400_000, 2)) / 24.0
    about = (factors.prod(axis=1) - 1.0) ** 2
    assert spread_error(24, 2, 100) == pytest.approx(about.std() / about.mean() / 10.0, rel=0.05)
    rectified = np.maximum(rng.normal(size=(60_000, 2, 24)), 0.0)
    lengths = 4.0 * np.square(rectified).mean(axis=2).prod(axis=1) * factors[:60_000, 0]
    assert length_error(24, 3, 100) == pytest.approx(lengths.std() / lengths.mean() / 10, rel=0.05)


def test_formulas_are_read_where_draws_can_tell_them():
    """At width 8 and 64 layers a few networks carry the mean: claims are read far above half."""
    heavy = ClosedFormsSpec(width=8, depth=64)
    for error in (spread_error, length_error):
        n = heavy.n_groups * heavy.n_draws
        layer = deepest(error, heavy)
        assert layer is None or (layer < 10 and error(8, layer, n) < 0.075 < error(8, 32, n))
        assert deepest(error, ClosedFormsSpec()) == 8


def test_a_scale_near_the_critical_one_is_told_from_it():
    """Draws at C = 1.9 of the same weights, torch-free: every layer multiplies by 1.9 / 2."""
    one, other = (kernels(np.random.default_rng(6), 20, 16, 5, scale, relu=True)
                  for scale in (2.0, 1.9))  # fmt: skip
    np.testing.assert_allclose(one * 0.95 ** np.arange(1, 6), other, rtol=1e-4)
    spec = TINY.replace(depth=20, width=32, n_draws=300, n_cells=20, n_active=2, n_synapses=2)
    run = EXPERIMENT.result(spec)
    assert isinstance(run, ClosedFormsRun)
    ours, nearly = run.kept(2.0), run.nearly_kept()
    assert ours is not None
    assert nearly is not None
    layer = deepest(length_error, spec)
    assert layer is not None
    assert nearly.value == pytest.approx(ours.value * 0.95 ** (layer - 1))
    assert nearly.value < 0.85


def test_patterns_in_blocks_are_those_at_once():
    assert sum(blocks(100_000, 10_000)) == 100_000
    assert max(blocks(100_000, 10_000)) * 10_000 <= 4_000_000
    assert list(blocks(3, 5_000_000)) == [1, 1, 1]
    whole, parts = (np.random.default_rng(7) for _ in range(2))
    some = [overlaps(parts, size, 31, 5, 9) for size in (7, 1, 12)]
    np.testing.assert_array_equal(overlaps(whole, 20, 31, 5, 9), np.concatenate(some))


def test_bands_on_powers_of_ten_reach_down_to_the_foot(run):
    """An interval that holds 0 has no lower end there, and none is made up for it."""
    picture = run.length.picture()
    foot = 10.0 ** picture.y_axis.ticks[0][0]
    for row in run.length.rows:
        mean, half = row.drawn.mean(axis=0), half_widths(row.drawn, axis=0)
        low = 10.0 ** picture.bands[row.name][0]
        np.testing.assert_allclose(low, np.maximum(mean - half, foot))
    drawn = np.array([[1.0, 0.1], [1.0, 0.1], [1.0, 10.0]])
    wide = Overlay("", np.arange(2.0), Axis(""), "", (Beside("a", np.ones(2), drawn),), log=True)
    assert wide.picture().bands["a"][0][1] == 0.0


def test_a_run_draws_every_system_beside_its_formula(run):
    assert len(run.pictures()) == 5
    assert run.matches.row(AT_FIRST).theory[0] == match_chance(60, 10, 8, 1)
    assert run.recall.row(HEBB).theory.tolist() == [0.0, 1 / 8, 3 / 8, 7 / 8, 15 / 8, 31 / 8]
    findings = EXPERIMENT.findings(run)
    # Rareness is asked of the first preset's codes alone, formulas of deep layers of deeper ones.
    assert len(findings) == len(CLAIMS) - 3
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, ClosedFormsRun)
    assert again.length.rows[0].drawn.tobytes() == run.length.rows[0].drawn.tobytes()


def test_streams_of_systems_and_groups_are_different(run):
    for row in (*run.spread.rows, *run.length.rows):
        assert len(np.unique(row.drawn[:, -1])) == TINY.n_groups
    ends = [row.drawn[:, 0] for row in run.length.rows]
    assert not np.allclose(ends[1], 2.0 * ends[0])


def test_what_does_not_fit_is_said():
    with pytest.raises(SpecError, match="at most half of the 20 cells"):
        ClosedFormsSpec(n_cells=20, n_active=15)
    with pytest.raises(SpecError, match="no pattern of 4 cells makes 5 of 20"):
        ClosedFormsSpec(n_active=4)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
