"""One map of all moments: what is mapped, what lies between, and what is told."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationWriter
from engines.geometry.experiments.feature_learning.film import EXPERIMENT as FILM
from engines.geometry.film import joint
from engines.geometry.film.film import film_of
from engines.geometry.film.joint import POINTS, POINTS_MOST, joint_map
from engines.geometry.film.neighbours import METHODS, t_sne
from engines.geometry.film.spec import FilmSpec
from engines.geometry.film.stepwise import STEPWISE, seconds, t_sne_steps


@pytest.fixture
def quick(monkeypatch):
    """A map that needs no time: the first two units, moved by the seed."""
    monkeypatch.setitem(METHODS, "t-SNE", lambda x, neighbours, seed: x[:, :2] + seed)
    monkeypatch.delitem(STEPWISE, "t-SNE")


def stack(n_snapshots: int, n_stimuli: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n_snapshots, n_stimuli, 4))


def test_all_moments_lie_in_one_map(quick):
    x = stack(5, 8)
    found = joint_map(x, "t-SNE", 3)
    np.testing.assert_array_equal(found.places, x[..., :2] + 3)
    assert (found.n_moments, found.shared) == (5, 1.0)
    assert found.apart < 1e-12


@given(st.integers(1, 400), st.integers(2, 60), st.integers(1, 8))
def test_moments_begin_at_the_first_and_end_at_the_last(n_snapshots, n_stimuli, n_tracks):
    taken = joint._moments(n_snapshots, n_stimuli, n_tracks)
    assert (taken[0], taken[-1]) == (0, n_snapshots - 1)
    assert (np.diff(taken) > 0).all()
    assert len(taken) * n_stimuli * n_tracks <= max(POINTS, 2 * n_stimuli * n_tracks)


def test_moments_in_between_lie_on_lines(quick, monkeypatch):
    monkeypatch.setattr(joint, "POINTS", 24)
    x = stack(5, 8)
    found = joint_map(x, "t-SNE", 0)
    assert found.n_moments == 3
    np.testing.assert_allclose(found.places[::2], x[::2, :, :2])
    np.testing.assert_allclose(found.places[1], 0.5 * (x[0] + x[2])[:, :2])


def test_a_film_tells_seed_and_stability(quick):
    spec = FilmSpec(layout="t-SNE", seed=2)
    film = film_of({"a": stack(4, 6), "b": stack(4, 6)}, spec=spec)
    assert film.layout == "t-SNE"
    np.testing.assert_allclose(film.coords[0, ..., :2], stack(4, 6)[..., :2] + 2, atol=1e-6)
    assert not film.coords[..., 2].any()
    told = film.notes[0]
    assert "all 4 moments, seed 2: a map from seed 3 shares 100%" in told
    assert "leaves up to 0.00" in told


def test_t_sne_puts_far_groups_apart():
    """Scikit-learn's, on two planted groups."""
    x = stack(2, 12)
    x[:, 6:] += 40.0
    found = joint_map(x, "t-SNE", 0)
    first, second = found.places[:, :6].reshape(-1, 2), found.places[:, 6:].reshape(-1, 2)
    within = max(np.ptp(group, axis=0).max() for group in (first, second))
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > within


def test_what_cannot_be_mapped_is_said(quick, monkeypatch):
    with pytest.raises(InputError, match="12 points or more, here are 6"):
        joint_map(stack(2, 3), "t-SNE", 0)
    with pytest.raises(InputError, match="2 layers of 2,000 stimuli are too many"):
        joint_map(np.zeros((3, 2_000, 1)), "t-SNE", 0, n_tracks=2)
    assert POINTS_MOST >= 2 * 2_000
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(InputError, match="umap-learn"):
        joint_map(stack(4, 6), "UMAP", 0)


@pytest.mark.parametrize(("n", "twice"), [(14, False), (60, True), (130, False)])
def test_a_map_drawn_step_by_step_is_scikit_learns_number_for_number(n, twice):
    x = np.random.default_rng(n).normal(size=(n, 5))
    if twice:  # points that lie on each other
        x[n // 2 :] = x[: n - n // 2]
    neighbours = min(15.0, (n - 1) / 3.0)
    *shares, last = t_sne_steps(x, neighbours, 3)
    np.testing.assert_array_equal(last, t_sne(x, neighbours, 3))
    assert shares[-1] > 0.95
    assert (np.diff(shares) > 0).all()


def test_points_that_do_not_differ_lie_as_scikit_learns_do():
    x = np.zeros((20, 3))
    *_, last = t_sne_steps(x, 5.0, 0)
    np.testing.assert_array_equal(last, t_sne(x, 5.0, 0))


def test_more_points_tell_more_often_how_far_a_map_is():
    """Ten times a second on one core: no more of a map than a tenth of a second between two."""
    for n in (200, 800, 1_500):
        x = np.random.default_rng(0).normal(size=(n, 3))
        first = next(t_sne_steps(x, 15.0, 0))
        assert isinstance(first, float)
        assert first * seconds(n) < 0.1


def test_frames_say_which_map_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    writer = ActivationWriter(library.fresh_folder("two"), {"a": 4, "b": 4}, list("uvwxyz"))
    for snapshot in stack(4, 6):
        writer.append({"a": snapshot, "b": snapshot})
    writer.close()
    library.publish(writer.folder, "two")
    spec = FilmSpec(source="two", layout="t-SNE")
    *frames, film = FILM.frames(spec)
    assert [frame.fraction for frame in frames] == sorted(frame.fraction for frame in frames)
    assert {frame.number for frame in frames} == {1, 2, 3, 4}
    assert frames[0].sentence == "t-SNE, map 1 of 4, 24 points"
    assert film.layout == "t-SNE"
    assert FILM.seconds(spec) == pytest.approx(1.0 + 4 * seconds(24))
    assert FILM.seconds(spec.replace(source="none")) == 1.0
