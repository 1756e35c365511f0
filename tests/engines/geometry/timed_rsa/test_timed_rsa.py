"""Likeness in time: single moments by other means, definitions, recordings, and the run."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationWriter
from engines.geometry.experiments.similarity.timed_rsa import CLAIMS, EXPERIMENT
from engines.geometry.explaining.ceilings import likeness
from engines.geometry.timed_rsa.course import (
    FIRST,
    LABELS,
    LAST,
    PIXELS,
    Course,
    dealt,
    likeness_in_time,
    one_to_one,
    others_mean,
    settled,
)
from engines.geometry.timed_rsa.found import DEALT, LEARNT
from engines.geometry.timed_rsa.learning import TwoTasks, shown_of
from engines.geometry.timed_rsa.result import TimedRun
from engines.geometry.timed_rsa.spec import TimedSpec
from engines.lab.training import OrderedBatches

TINY = TimedSpec(n_networks=3, n_steps=12, n_moments=5, n_stimuli=20)


@pytest.fixture(scope="module")
def run() -> TimedRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, TimedRun)
    return found


def course(n_subjects: int = 4) -> Course:
    """Random RDMs of six stimuli, two labels."""
    rng = np.random.default_rng(0)
    label = np.abs(np.subtract.outer(np.arange(6) % 2, np.arange(6) % 2))[np.triu_indices(6, 1)]
    return Course(("a", "b"), np.arange(5.0), "snapshot", rng.random((1, 2, 5, n_subjects, 15)),
                  {LABELS: label.astype(float)}, "networks", "drawn")  # fmt: skip


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1))
def test_a_course_settles_where_it_is_never_below_again(alike, bound):
    alike[-1] = 1.0
    slow = next(k for k in range(len(alike)) if min(alike[k:]) >= bound)
    assert int(settled(np.array(alike), np.array(bound))) == slow


def test_others_hold_nothing_of_oneself():
    pairs = np.random.default_rng(1).random((4, 15))
    changed = pairs.copy()
    changed[2] = np.random.default_rng(2).random(15)
    np.testing.assert_allclose(others_mean(pairs)[2], others_mean(changed)[2], atol=1e-12)
    assert (others_mean(pairs)[0] != others_mean(changed)[0]).any()


@pytest.mark.parametrize(("how", "theirs"), [("Pearson", "pearsonr"), ("Spearman", "spearmanr")])
def test_likeness_is_scipys(how, theirs):
    stats = pytest.importorskip("scipy.stats")
    here = course()
    names, found = likeness_in_time(here, how)
    assert names == (LABELS, FIRST, LAST)
    wanted = getattr(stats, theirs)(here.models[LABELS], here.pairs[0, 1, 3, 2]).statistic
    assert abs(found[0, 1, 0, 3, 2] - wanted) < 1e-12
    one, other = here.pairs[0, 0, :2, 0]
    assert abs(one_to_one(one, other, how) - getattr(stats, theirs)(one, other).statistic) < 1e-12


def test_labels_of_other_stimuli_keep_their_own_geometry():
    """Moments that are the labels' RDM: every order of six stimuli gives one of few values."""
    here = course()
    label = here.models[LABELS]
    pairs = np.broadcast_to(label, here.pairs.shape)
    drawn = dealt(Course(here.layers, here.at, here.unit, pairs, here.models, "networks", ""),
                  "Pearson", 0)  # fmt: skip
    every = np.unique(drawn.round(9))
    # Three of each label: as dealt, or one stimulus of each label changed places.
    assert len(every) == 2
    assert every[-1] == 1.0
    moved = np.array([0, 1, 0, 1, 1, 0])
    wanted = np.abs(np.subtract.outer(moved, moved))[np.triu_indices(6, 1)].astype(float)
    assert abs(every[0] - likeness(wanted[None], label[None], "Pearson")[0, 0]) < 1e-9


def test_both_arms_see_the_same_digits_in_the_same_order():
    x = torch.arange(10.0)[:, None]
    order = OrderedBatches(x, torch.arange(10), 4, 3, 0)
    seen, labels = TwoTasks(order, torch.stack([torch.arange(10), 9 - torch.arange(10)])).batch(2)
    torch.testing.assert_close(seen[:3], seen[3:])
    torch.testing.assert_close(labels[:3], 9 - labels[3:])
    torch.testing.assert_close(labels[:3].float(), seen[:3, :, 0])


@given(st.lists(st.integers(0, 9), min_size=6, max_size=9), st.permutations(list(range(10))))
def test_stimuli_have_pairs_of_one_label_and_of_two(labels, later):
    shown = np.array([*labels, *later])[shown_of(np.array([*labels, *later]), len(labels))]
    assert len(shown) == len(labels)
    assert 1 < len(set(shown.tolist())) < len(shown)


def test_first_stimuli_that_all_differ_in_label_are_no_end():
    run = EXPERIMENT.result(TimedSpec(n_networks=3, n_steps=12, n_moments=4, n_stimuli=6, seed=8))
    assert isinstance(run, TimedRun)
    assert np.isfinite(run.found.scores).all()
    assert len(EXPERIMENT.findings(run)) == len(CLAIMS)


def test_a_run_follows_both_arms_from_the_same_first_weights(run):
    found = run.found
    assert found.models == (PIXELS, LABELS, FIRST, LAST)
    assert found.scores.shape == (2, 2, 4, len(found.at), 3)
    np.testing.assert_array_equal(found.scores[LEARNT, :, :3, 0], found.scores[DEALT, :, :3, 0])
    assert found.own[..., -1, :].min() > 1 - 1e-12
    assert (found.ceilings[:, :, 0].mean(-1) <= found.ceilings[:, :, 1].mean(-1) + 1e-12).all()
    assert len(run.pictures()) == 10
    assert len(EXPERIMENT.findings(run)) == len(CLAIMS)
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, TimedRun)
    assert again.found.scores.tobytes() == found.scores.tobytes()


def kept(x: np.ndarray, name: str, kinds: tuple[str, ...] = ()) -> str:
    """A set of activations [snapshot, stimulus, unit] in the library."""
    writing = library.fresh_folder(name)
    labels = {"kind": kinds} if kinds else {}
    writer = ActivationWriter(writing, {"area": x.shape[2]}, tuple(map(str, range(x.shape[1]))),
                              labels=labels, provenance={"title": name})  # fmt: skip
    for k, moment in enumerate(x):
        writer.append({"area": moment}, time_ms=10.0 * k)
    writer.close()
    library.publish(writing, name)
    return name


def test_a_recording_shows_labels_when_they_are_there(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    rng, kinds = np.random.default_rng(3), np.arange(24) % 3
    x = rng.normal(size=(4, 24, 60))
    x[2:] += 2.0 * rng.normal(size=(3, 60))[kinds]
    name = kept(x, "planted", tuple("abc"[k] for k in kinds))
    run = EXPERIMENT.result(TimedSpec(source=name, n_networks=6, n_stimuli=24))
    assert isinstance(run, TimedRun)
    found = run.found
    labels = found.of(LABELS).mean(axis=1)
    assert labels[:2].max() < 0.15
    assert labels[2:].min() > 0.6
    assert found.p_of_labels(0, 0) > 0.05
    assert found.p_of_labels(0, 3) == 0.01
    assert found.at.tolist() == [0.0, 10.0, 20.0, 30.0]
    assert found.unit == "time_ms"
    assert EXPERIMENT.findings(run) == ()
    assert len(run.pictures()) == 7


def test_a_recording_without_labels_has_no_such_model(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    name = kept(np.random.default_rng(4).normal(size=(3, 8, 12)), "plain")
    run = EXPERIMENT.result(TimedSpec(source=name, n_networks=3))
    assert isinstance(run, TimedRun)
    assert run.found.models == (FIRST, LAST)
    assert np.isnan(run.found.p_of_labels(0, 0))
    assert run.pictures()


@pytest.mark.parametrize(("shape", "parts", "said"),
                         [((2, 8, 12), 3, "2 snapshots"), ((3, 5, 12), 3, "of 5 stimuli"),
                          ((3, 8, 12), 7, "12 units, too few for 7 parts")])  # fmt: skip
def test_what_is_no_course_is_said(tmp_path, monkeypatch, shape, parts, said):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    name = kept(np.random.default_rng(5).normal(size=shape), "few")
    with pytest.raises(InputError, match=said):
        EXPERIMENT.result(TimedSpec(source=name, n_networks=parts))


def test_silent_units_and_lost_values_are_said(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    x = np.random.default_rng(6).normal(size=(3, 8, 12))
    silent, lost = x.copy(), x.copy()
    silent[1] = 0.0
    lost[0, 0, 0] = np.nan
    with pytest.raises(InputError, match="tells no stimuli apart"):
        EXPERIMENT.result(TimedSpec(source=kept(silent, "silent"), n_networks=3))
    with pytest.raises(InputError, match="no finite"):
        EXPERIMENT.result(TimedSpec(source=kept(lost, "lost"), n_networks=3))


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
