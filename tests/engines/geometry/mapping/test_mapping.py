"""What maps keep, by scikit-learn and by hand, and the run."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry.experiments.own_data.maps import CLAIMS, EXPERIMENT
from engines.geometry.film.neighbours import kept, nearest, onto, t_sne, umap
from engines.geometry.mapping.found import ARMS, CLOUDS
from engines.geometry.mapping.judged import grouped
from engines.geometry.mapping.maps import one_cloud, pca
from engines.geometry.mapping.result import MappingRun
from engines.geometry.mapping.running import Source, drawn, flat, source_of
from engines.geometry.mapping.spec import MappingSpec

TINY = MappingSpec(n_stimuli=60, neighbours=8.0, n_groups=4)


@pytest.fixture(scope="module")
def run() -> MappingRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, MappingRun)
    return found


@settings(deadline=None)
@given(st.integers(5, 30), st.integers(1, 4), st.integers(0, 100))
def test_nearest_are_scikit_learns(n, k, seed):
    """sklearn.neighbors.NearestNeighbors, which counts a stimulus as its own first."""
    neighbors = pytest.importorskip("sklearn.neighbors")
    x = np.random.default_rng(seed).normal(size=(n, 3))
    theirs = neighbors.NearestNeighbors(n_neighbors=k + 1).fit(x).kneighbors(x)[1][:, 1:]
    ours = nearest(x, k)
    assert (ours.sum(axis=1) == k).all()
    for row, wanted in zip(ours, theirs, strict=True):
        assert set(np.flatnonzero(row)) == set(wanted)


def test_kept_is_the_share_of_common_neighbours():
    line = np.array([[0.0], [1.0], [3.0], [7.0]])
    other = np.array([[0.0], [1.0], [9.0], [2.5]])
    # Nearest on the line: 1, 0, 1, 2; in the other order of places: 1, 0, 3, 1.
    assert kept(nearest(line, 1), nearest(other, 1)) == 0.5
    assert kept(nearest(line, 2), nearest(line, 2)) == 1.0


@settings(deadline=None)
@given(st.floats(0.1, 20.0), st.floats(-3.0, 3.0), st.integers(0, 50))
def test_a_map_that_is_moved_and_turned_comes_back(times, angle, seed):
    target = np.random.default_rng(seed).normal(size=(12, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found, left = onto(times * target @ turn + 4.0, target)
    np.testing.assert_allclose(found, target - target.mean(axis=0), atol=1e-8)
    assert left == pytest.approx(0.0, abs=1e-12)


def test_two_components_are_scikit_learns_up_to_sign():
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = np.random.default_rng(0).normal(size=(40, 6)) * np.arange(1, 7)
    theirs = decomposition.PCA(2).fit_transform(x)
    np.testing.assert_allclose(np.abs(pca(x)), np.abs(theirs), atol=1e-8)


def test_silhouettes_are_by_hand_those_of_two_pairs():
    """Distance within a pair 1, to the other pair 10 to 12 (Rousseeuw 1987, b - a over b)."""
    found, groups = grouped(np.array([[0.0], [1.0], [11.0], [12.0]]), 2, 0)
    assert found == pytest.approx(np.mean([1 - 1 / 11.5, 1 - 1 / 10.5] * 2))
    assert len(set(groups[:2])) == 1
    assert grouped(np.zeros((5, 2)), 1, 0)[0] == 0.0


def test_a_cloud_varies_where_the_data_do_and_holds_none_of_them():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 4)) * [1.0, 2.0, 3.0, 0.0] + 5.0
    cloud = one_cloud(x, rng)
    assert np.ptp(cloud[:, 3]) < 1e-12  # a direction without variance stays without
    assert not np.isin(cloud[:, 0], x[:, 0]).any()


def test_equal_seeds_give_equal_maps_and_others_others():
    x = np.random.default_rng(2).normal(size=(45, 5))
    one, again, other = (t_sne(x, 5.0, seed) for seed in (3, 3, 4))
    assert one.tobytes() == again.tobytes()
    assert not np.allclose(one, other)


def test_a_package_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(InputError, match="pip install umap-learn"):
        umap(np.zeros((50, 3)), 5.0, 0)


def test_stimuli_are_drawn_once_and_in_order():
    source = Source("s", np.arange(100.0)[:, None], tuple(map(str, range(100))))
    some = drawn(source, MappingSpec(n_stimuli=40))
    assert (np.diff(some.x[:, 0]) > 0).all()
    assert some.kinds == tuple(str(int(k)) for k in some.x[:, 0])
    with pytest.raises(InputError, match="needs 40 stimuli or more, 's' has 9"):
        drawn(Source("s", np.zeros((9, 2)), ()), TINY)


def test_what_cannot_be_drawn_is_named():
    x = np.random.default_rng(4).normal(size=(50, 3))
    x[[3, 7], 1] = np.nan, np.inf
    with pytest.raises(InputError, match="2 of 50 stimuli in 's' hold values that are no finite"):
        drawn(Source("s", x, ()), TINY)
    with pytest.raises(InputError, match="all 50 stimuli in 's' are the same"):
        drawn(Source("s", np.ones((50, 3)), ()), TINY)


def test_a_wide_layer_is_turned_into_what_its_stimuli_span():
    """scipy.spatial.distance.pdist of both."""
    from scipy.spatial.distance import pdist

    x = np.random.default_rng(5).normal(size=(45, 400)) + 3.0
    found = flat(Source("s", x, ()))
    assert found.x.shape == (45, 45)
    np.testing.assert_allclose(pdist(found.x), pdist(x), rtol=1e-9)
    assert flat(found) is found


def test_a_ring_has_no_groups_and_claims_speak_of_none(monkeypatch):
    """Points uniform on a ring through thirty dimensions exceed a normal cloud as groups would.

    The cloud has their covariance, and so all thirty dimensions where the ring has one.
    """
    angle = np.outer(np.random.default_rng(6).uniform(0.0, 2.0 * np.pi, 60), np.arange(1, 16))
    x = np.concatenate([np.cos(angle), np.sin(angle)], axis=1) / np.tile(np.arange(1, 16), 2) ** 0.5
    monkeypatch.setattr(
        "engines.geometry.mapping.running.source_of", lambda _: Source("ring", x, ())
    )
    found = [one for one in EXPERIMENT.findings(EXPERIMENT.result(TINY))
             if "normal cloud of the same covariance" in one.sentence]  # fmt: skip
    assert [one.word for one in found] == ["holds", "holds"]
    assert not any("group" in one.sentence for one in found)


def test_too_many_neighbours_and_no_such_layer_are_said(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="take fewer than 20"):
        EXPERIMENT.result(TINY.replace(neighbours=25.0))
    from engines.geometry.activations.store import ActivationSet
    from engines.geometry.importing.sets import set_from_arrays

    x = np.random.default_rng(3).normal(size=(50, 4))
    names = tuple("ab"[k % 2] for k in range(50))
    set_from_arrays({"first": x, "second": x[:, :2]}, tmp_path / "kept", labels={"kind": names})
    monkeypatch.setattr(ActivationSet, "named", lambda _: ActivationSet(tmp_path / "kept"))
    found = source_of(TINY.replace(source="kept"))
    assert (found.title, found.x.shape, found.kinds[:2]) == ("second", (50, 2), ("a", "b"))
    with pytest.raises(InputError, match="no layer 'third'; this set has first, second"):
        source_of(TINY.replace(source="kept", layer="third"))


def test_a_run_judges_every_map(run):
    found = run.found
    assert found.scores.shape == (len(ARMS), TINY.n_maps, 3)
    assert (np.diagonal(found.agree) == 1.0).all()
    assert np.abs(np.diagonal(found.apart)).max() < 1e-9
    np.testing.assert_allclose(found.agree, found.agree.T)
    # Every cloud is another one, and the two maps of a cloud are from two seeds.
    assert len(np.unique(found.own[CLOUDS])) == TINY.n_maps
    assert (found.cloud_agree < 1.0).all()
    assert len(run.pictures()) == 7
    assert len(EXPERIMENT.findings(run)) == len(CLAIMS)
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, MappingRun)
    assert again.found.places.tobytes() == found.places.tobytes()


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
