"""Models under a noise ceiling: rsatoolbox, definitions, and the run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry.experiments.similarity.explaining import CLAIMS, EXPERIMENT
from engines.geometry.explaining.ceilings import COMPARED, ceiling, comparable, likeness
from engines.geometry.explaining.found import (
    ASKED,
    CROSSNOBIS,
    DISTANCES,
    EUCLIDEAN,
    FACTORS,
)
from engines.geometry.explaining.result import ExplainingRun
from engines.geometry.explaining.running import drawn as drawn_for
from engines.geometry.explaining.running import measured, stimuli
from engines.geometry.explaining.spec import LAYER_1, MODELS, ExplainingSpec
from engines.geometry.measures.rdm import from_upper_triangle, rdm, upper_triangle
from engines.geometry.measures.similarity import compare_rdms

TINY = ExplainingSpec(n_subjects=4, n_runs=2, n_channels=12, n_stimuli=8)
N_PAIRS = 21  # of seven stimuli


def drawn(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((n, N_PAIRS))


@pytest.fixture(scope="module")
def run() -> ExplainingRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, ExplainingRun)
    return found


@pytest.mark.parametrize(("how", "theirs"),
                         [("Pearson", "corr"), ("cosine", "cosine"), ("Spearman", "spearman")])  # fmt: skip
def test_ceilings_and_likeness_are_rsatoolboxs(how, theirs):
    """rsatoolbox, boot_noise_ceiling and compare."""
    rsa = pytest.importorskip("rsatoolbox")
    from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling

    subjects, models = drawn(5), drawn(3, 1)
    said = rsa.rdm.RDMs(subjects, rdm_descriptors={"index": list(range(5))})
    np.testing.assert_allclose(
        ceiling(subjects, how).mean(axis=1), boot_noise_ceiling(said, theirs), atol=1e-9
    )
    np.testing.assert_allclose(
        likeness(models, subjects, how), rsa.rdm.compare(rsa.rdm.RDMs(models), said, theirs),
        atol=1e-9,
    )  # fmt: skip


@pytest.mark.parametrize("how", COMPARED)
def test_likeness_is_that_of_two_rdms(how):
    models, subjects = drawn(2, 2), drawn(3, 3)
    wanted = [[compare_rdms(from_upper_triangle(a, 7), from_upper_triangle(b, 7), how)
               for b in subjects] for a in models]  # fmt: skip
    np.testing.assert_allclose(likeness(models, subjects, how), wanted, atol=1e-12)


@given(st.sampled_from(["cosine", "Pearson"]), st.integers(0, 50))
def test_no_model_explains_more_than_the_mean_and_others_explain_less(how, seed):
    subjects, models = drawn(4, seed), drawn(20, seed + 1)
    below, above = ceiling(subjects, how).mean(axis=1)
    assert below <= above + 1e-12
    assert likeness(models, subjects, how).mean(axis=1).max() <= above + 1e-12


@given(st.floats(0.1, 50.0), st.floats(-5.0, 5.0))
def test_scale_and_shift_of_a_subject_change_no_ceiling(times, more):
    subjects = drawn(4)
    moved = subjects.copy()
    moved[1] = times * moved[1] + more
    np.testing.assert_allclose(ceiling(moved, "Pearson"), ceiling(subjects, "Pearson"), atol=1e-9)


def test_an_rdm_without_spread_has_no_likeness():
    assert np.isnan(comparable(np.ones((1, 5)), "Pearson")).all()


def test_what_cannot_be_compared_is_said():
    with pytest.raises(InputError, match="Pearson, cosine, Spearman, not 'tau'"):
        comparable(drawn(2), "tau")
    with pytest.raises(InputError, match="at least 3 subjects, got 2"):
        ceiling(drawn(2), "cosine")


def test_without_noise_both_distances_are_those_of_the_mixtures():
    truth = np.random.default_rng(5).normal(size=(6, 9))
    found = measured(TINY.replace(n_channels=500, n_subjects=3), truth, 1e-9, 0)
    np.testing.assert_allclose(found[CROSSNOBIS], found[EUCLIDEAN], rtol=1e-6, atol=1e-6)
    # Many random channels keep squared distances (Johnson & Lindenstrauss 1984).
    true = upper_triangle(rdm(truth, "squared euclidean"))
    assert np.abs(upper_triangle(found[0]) / true - 1).max() < 0.3


def test_subjects_are_the_same_at_every_noise():
    truth = np.random.default_rng(6).normal(size=(5, 4))
    first, second = (measured(TINY, truth, 1e-9, k) for k in (0, 1))
    np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("k", range(len(FACTORS)))
def test_noise_is_not_made_of_mixtures_nor_of_other_noise(k):
    """Independent numbers correlate within 4 / sqrt(n); numpy pads seeds with zeros."""
    pairs = [drawn_for(TINY, (9, 20), subject, k) for subject in range(8)]
    weights, noise = (np.concatenate([one[part].ravel()[:200] for one in pairs]) for part in (0, 1))
    other = [drawn_for(TINY, (9, 20), subject, (k + 1) % len(FACTORS))[1] for subject in range(8)]
    for beside in (weights, np.concatenate([one.ravel()[:200] for one in other])):
        assert abs(np.corrcoef(beside, noise[: len(beside)])[0, 1]) < 4 / len(beside) ** 0.5


def test_the_first_digit_is_shown_twice():
    x, labels = stimuli(np.arange(12.0)[:, None], np.array([3, 1, 2] * 4), 6)
    np.testing.assert_array_equal(x[0], x[-1])
    assert (np.diff(labels[:-1]) >= 0).all()
    assert len(x) == 7


def test_a_run_judges_every_model_at_every_noise(run):
    found = run.found
    assert found.scores.shape == (len(FACTORS), len(DISTANCES), len(MODELS), 4)
    assert (found.ceilings[..., 0, :].mean(-1) <= found.ceilings[..., 1, :].mean(-1)).all()
    # Noise adds to squared distances what it does not add to crossnobis.
    assert found.copies[ASKED, EUCLIDEAN].mean() > found.copies[ASKED, CROSSNOBIS].mean() + 1.0
    assert found.runner_up() != found.spec.truth
    assert len(run.pictures()) == 7
    assert len(EXPERIMENT.findings(run)) == len(CLAIMS)
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, ExplainingRun)
    assert again.found.scores.tobytes() == found.scores.tobytes()


def test_the_other_network_is_asked_only_where_its_layer_is_measured():
    found = EXPERIMENT.result(TINY.replace(measured="layer 1"))
    assert isinstance(found, ExplainingRun)
    assert found.found.spec.truth == LAYER_1
    assert CLAIMS[3].figure(found) is None


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
