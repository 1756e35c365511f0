"""Recordings: what cannot be used is named; planted groups and their change are found."""

from __future__ import annotations

import numpy as np
import pytest

from engines.connectome.experiments.activity.recordings import EXPERIMENT, RecordingSpec, matched
from engines.connectome.recordings.recording import bold, planted, recording
from engines.contract import InputError

RNG = np.random.default_rng(0)


def test_constant_and_missing_traces_are_left_out_and_named():
    traces = RNG.standard_normal((50, 4))
    traces[:, 1] = 3.0
    traces[5:45, 2] = np.nan
    traces[7, 0] = np.nan
    found = recording(traces, ["a", "b", "c", "d"])
    assert found.names == ("a", "d")
    said = " ".join(found.notes)
    assert "1 traces are constant and were left out: b." in said
    assert "1 traces are mostly missing and were left out: c." in said
    assert "1 missing values were bridged" in said
    np.testing.assert_allclose(found.traces.std(axis=0), 1.0)


def test_irregular_times_are_resampled_and_told():
    times = np.cumsum(RNG.uniform(0.2, 0.5, 80))
    found = recording(np.sin(times)[:, None], times_s=times, dt_s=0.25)
    assert "irregular" in found.notes[0]
    grid = np.arange(times[0], times[-1], 0.25)
    exact = np.sin(grid)
    assert np.corrcoef(found.traces[: len(grid), 0], exact)[0, 1] > 0.99


@pytest.mark.parametrize(
    ("traces", "more", "said"),
    [
        (np.zeros(5), {}, "two axes"),
        (np.zeros((5, 2)), {"names": list("abcde")}, "axes may be swapped"),
        (np.zeros((5, 2)), {}, "every trace is constant"),
        (RNG.random((5, 2)), {"times_s": [0, 1, 1, 2, 3]}, "must rise"),
        (RNG.random((5, 2)), {"times_s": [0, 1]}, "2 times"),
    ],
)
def test_recordings_that_cannot_be_read_say_why(traces, more, said):
    with pytest.raises(InputError, match=said):
        recording(traces, **more)


def test_a_persons_recording_is_as_in_the_manifest():
    found = bold(1)
    assert found.traces.shape == (355, 94)
    assert "assumed" in found.notes[-1]


def test_planted_groups_are_found_and_lost_half_way():
    found = EXPERIMENT.result(RecordingSpec(source="planted", window_s=30.0, n_windows=12))
    assert found.has_truth
    assert found.agreement[:4].mean() > 0.9
    assert found.agreement[-4:].mean() > 0.9
    assert planted().synthetic


def test_structure_foretells_function_in_people():
    found = EXPERIMENT.result(RecordingSpec(n_windows=4, n_shifts=50))
    assert found.coupling > 0.1  # the direction that Honey et al. 2009 found
    assert found.p == pytest.approx(1 / 51)
    assert found.pictures()


def test_labels_keep_their_number_from_window_to_window():
    assert matched(np.array([1, 1, 0, 2]), np.array([0, 0, 1, 1])).tolist()[:2] == [0, 0]
