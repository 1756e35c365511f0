"""Many runs: each is the single run of its seed, and threads change no byte."""

import numba
import numpy as np
import pytest

from engines.boundary import codec
from engines.contract import SpecError
from engines.sorting import Edit, EnsembleSpec, SortSpec, ensemble, measure, simulate
from engines.sorting.chance.statistics import interval_of_mean
from engines.sorting.ensembles.ensemble import frames_of
from engines.sorting.ensembles.results import endings_table
from engines.sorting.trajectory.moments import STOPS

PAIR = SortSpec(n_cells=40, algotypes=("bubble", "selection"), n_frozen=2, seed=11)


@pytest.fixture(scope="module")
def thirty():
    return ensemble(PAIR, 30)


def test_run_r_is_the_single_run_with_seed_plus_r(thirty):
    for r in (0, 7, 29):
        run = simulate(PAIR.replace(seed=11 + r))
        assert thirty.seed[r] == 11 + r
        assert thirty.n_swaps[r] == run.n_swaps
        assert thirty.n_reads[r] == run.n_reads
        assert thirty.n_activations[r] == run.n_activations
        assert thirty.final_error[r] == run.errors[-1]
        assert thirty.dg_net[r] == pytest.approx(measure(run, "dg_net"))
        assert thirty.peak_aggregation[r] == measure(run, "peak_aggregation")


def test_one_thread_and_two_give_the_same_bytes():
    before = numba.get_num_threads()
    packed = []
    for n_threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
        numba.set_num_threads(n_threads)
        packed.append(codec.pack(ensemble(PAIR, 20)))
    numba.set_num_threads(before)
    assert packed[0] == packed[1]


def test_curves_are_read_at_hundredths_of_the_run():
    one = ensemble(PAIR, 1)
    run = simulate(PAIR)
    steps = run.n_steps * np.arange(101) // 100
    assert np.allclose(one.sortedness, run.sortedness()[steps])
    assert np.allclose(one.aggregation, run.aggregation()[steps])


def test_frames_count_up_and_the_ensemble_comes_last():
    *frames, last = frames_of(EnsembleSpec(run=PAIR, n_runs=50))
    done = [frame.fraction for frame in frames]
    assert done == sorted(set(done))
    assert frames[0].n_done < frames[-1].n_done == 50  # the control of the mixture comes after
    assert last.n_runs == 50
    assert all(0 < frame.fraction < 1 for frame in frames)
    assert all(frame.pictures() for frame in frames)
    assert last.pictures()


def test_every_run_is_counted_whatever_it_stopped_for(thirty):
    assert sum(thirty.stops().values()) == 30


@pytest.mark.parametrize("n", [0, 1])
def test_no_cell_and_one_cell_have_ensembles(n):
    few = ensemble(SortSpec(n_cells=n), 3)
    assert few.stops() == {("empty" if n == 0 else "sorted"): 3}
    assert few.sortedness.tolist() == [100.0] * 101
    assert np.isnan(few.aggregation).all()
    assert few.pictures()
    codec.unpack(codec.pack(few))


def test_edits_by_hand_are_refused():
    with pytest.raises(SpecError, match="without edits by hand"):
        ensemble(PAIR.replace(edits=(Edit(cell=1),)), 3)


def test_permuted_labels_of_a_pure_array_change_nothing():
    pure = ensemble(SortSpec(n_cells=20), 5)
    assert np.array_equal(pure.null_peak, pure.peak_aggregation)


def test_the_null_of_the_run_peak_is_far_above_one_half():
    pair = ensemble(SortSpec(algotypes=("bubble", "selection")), 60)
    assert 0.58 < pair.mean("null_peak") < 0.63
    assert pair.mean("peak_aggregation") > pair.interval("null_peak")[1] + 0.05
    assert abs(pair.null_aggregation - 0.49).max() < 0.03


def test_intervals_hold_the_mean_and_shrink_with_more_runs():
    samples = np.random.default_rng(0).normal(size=(2, 400))
    mean, deviation, low, high = interval_of_mean(samples, 1).T
    assert ((low < mean) & (mean < high)).all()
    assert np.allclose(high - low, 2 * 1.96 * deviation / 20, rtol=0.1)
    assert np.array_equal(interval_of_mean(samples, 1), interval_of_mean(samples, 1))


def test_the_control_is_one_policy_with_the_mixtures_labels(thirty):
    control = thirty.control
    assert control.algotype == "bubble"
    for r in (0, 29):
        mixed = simulate(PAIR.replace(seed=11 + r))
        pure = simulate(PAIR.replace(seed=11 + r, algotypes=("bubble",)))
        peak = 0
        for step in range(pure.n_steps + 1):
            labels = mixed.algotype[pure.at(step).order]
            peak = max(peak, int((labels[1:] == labels[:-1]).sum()))
        assert control.peak[r] == peak / 40
    low, high = control.peak_interval
    assert low < control.peak.mean() < high


def test_arrays_of_one_policy_and_programs_need_no_control():
    assert ensemble(PAIR.replace(algotypes=("insertion",)), 2).control is None
    program = PAIR.replace(algotypes=("bubble",), control="traditional")
    assert ensemble(program, 2).control is None


def test_the_papers_peaks_stand_above_the_identical_policy_control():
    """0.613 for bubble cells with the labels of a mixture; the paper's figure 8 shows 0.72."""
    found = ensemble(SortSpec(algotypes=("bubble", "selection")), 100)
    assert found.control.peak.mean() == pytest.approx(0.613, abs=0.02)
    assert found.mean("peak_aggregation") == pytest.approx(0.72, abs=0.02)
    assert found.null_peak.mean() == pytest.approx(0.605, abs=0.02)


def test_endings_are_told_with_wilson_intervals():
    picture = endings_table({"": np.array([STOPS.index("sorted")] * 8 + [1, 1], np.uint8)})
    runs = dict(zip(picture.columns["ended"], picture.columns["runs"], strict=True))
    assert runs["sorted"] == 8
    at = picture.columns["ended"].index("sorted")
    # Newcombe 1998, Statistics in Medicine 17: 857-872, method 3 by hand for 8 of 10.
    assert picture.columns["share from"][at] == pytest.approx(0.4902, abs=1e-4)
    assert picture.columns["share to"][at] == pytest.approx(0.9433, abs=1e-4)
