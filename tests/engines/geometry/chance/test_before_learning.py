"""No score of a pair or a dichotomy without the same before any learning."""

from __future__ import annotations

import numpy as np
import pytest

from engines.geometry import (
    compare,
    moment,
    pair_scores,
    set_from_arrays,
    similarity,
    task_geometry,
)
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationSet, ActivationWriter
from engines.geometry.analyses.source import NO_START, at_start, ensured, source_of
from engines.geometry.measures.dichotomies import parallelism
from engines.geometry.measures.similarity import LeftOut


def test_every_similarity_stands_beside_the_same_at_the_random_start():
    found = compare()
    (activations,) = (a for a in ensured("") if isinstance(a, ActivationSet))
    one, other = found.rows[0], found.columns[-1]
    wanted = similarity(activations.at(one, 0), activations.at(other, 0), found.spec.measure)
    assert found.start[0, -1] == wanted
    assert np.isfinite(found.start).all()
    assert found.warning == ""
    assert any("before any learning" in p.title for p in found.pictures())
    assert at_start(activations, one) is not None


def test_a_set_without_a_start_says_so():
    rng = np.random.default_rng(0)
    folder = library.fresh_folder("no_start")
    set_from_arrays({"a": rng.normal(size=(20, 6)), "b": rng.normal(size=(20, 6))}, folder)
    library.publish(folder, "no_start")
    found = compare(source="no_start")
    assert found.warning == NO_START
    assert np.isnan(found.start).all()
    assert len(found.pictures()) == 5
    split = task_geometry(source="no_start", stimuli=tuple(range(8)))
    assert np.isnan(split.start).all()


def test_dichotomies_stand_beside_their_start():
    found = task_geometry()
    (activations,) = (a for a in ensured("") if isinstance(a, ActivationSet))
    x = at_start(activations, found.layer)
    assert x is not None
    wanted = parallelism(x[list(found.places)], found.positive[3], seed=found.spec.seed)
    assert found.start[0, 3] == wanted
    assert found.start.shape == (3, len(found.names))


def test_two_layers_are_scored_at_their_start_too():
    rng = np.random.default_rng(1)
    x, y, a, b = rng.normal(size=(4, 16, 5))
    found = pair_scores(x, y, 0, (a, b))
    assert [s.start for s in found] == [s.value for s in pair_scores(a, b, 0)]
    assert np.isnan([s.start for s in pair_scores(x, y, 0)]).all()


def test_a_start_without_a_score_leaves_the_score():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 16, 5))
    with pytest.warns(LeftOut):
        found = pair_scores(x, y, 0, (np.zeros_like(x), y))
    assert [s.value for s in found] == [s.value for s in pair_scores(x, y, 0)]
    assert np.isnan(found[-1].start)


def test_a_single_snapshot_is_no_start(tmp_path):
    writer = ActivationWriter(tmp_path / "a", {"h": 2}, ["x", "y"])
    writer.append({"h": np.eye(2)}, step=0.0)
    assert at_start(ActivationSet(tmp_path / "a"), "h") is None
    writer.append({"h": np.ones((2, 2))}, step=1.0)
    start = at_start(ActivationSet(tmp_path / "a"), "h")
    assert start is not None
    np.testing.assert_array_equal(start, np.eye(2))


def test_moments_of_one_network_have_no_start_but_their_first():
    found = compare(over="moments of one layer")
    assert np.isnan(found.start).all()
    assert found.warning == ""


def test_a_moment_tells_the_start_of_both_layers():
    (activations,) = (a for a in ensured("") if isinstance(a, ActivationSet))
    found = moment(source=source_of(""), layers=tuple(activations.layers[:2]))
    assert np.isfinite([s.start for s in found.pair]).all()
    assert np.isfinite(np.asarray(found.table().columns["before any learning"])).all()
