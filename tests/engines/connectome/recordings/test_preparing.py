"""Traces made ready: known responses of filters, derivatives in closed form, lines between frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engines.connectome.experiments.activity.dynamic_communities import EXPERIMENT as MOTIFS
from engines.connectome.experiments.activity.dynamic_communities import MotifSpec
from engines.connectome.experiments.activity.recordings import EXPERIMENT, RecordingSpec
from engines.connectome.foretelling.structure import matched_by_name
from engines.connectome.opening import kept
from engines.connectome.opening.options import Animal, Opened
from engines.connectome.recordings import sources
from engines.connectome.recordings.preparing import (
    derivative,
    one_of,
    prepared,
    smoothed,
    together,
)
from engines.connectome.wiring.catalogue import load
from engines.contract import InputError

RNG = np.random.default_rng(0)


def animal(values: np.ndarray, times_s: np.ndarray, names: tuple[str, ...] = ()) -> Animal:
    n = values.shape[1]
    named = names or tuple(f"n{k}" for k in range(n))
    return Animal("one", named, values, times_s, np.ones(n, bool))


def test_smoothing_is_that_of_pandas():
    x = RNG.standard_normal((200, 3))
    frame = pd.DataFrame(x)
    exponential = frame.ewm(alpha=0.1, adjust=False).mean().to_numpy()
    np.testing.assert_allclose(smoothed(x, "exponential 0.1"), exponential, atol=1e-12)
    inside = slice(10, -10)
    moving = frame.rolling(21, center=True).mean().to_numpy()
    np.testing.assert_allclose(smoothed(x, "moving average 21")[inside], moving[inside], atol=1e-12)
    assert smoothed(x, "none") is x


@pytest.mark.parametrize("sigma", [3, 5])
def test_a_gaussian_spreads_an_impulse_by_its_sd(sigma):
    impulse = np.zeros((101, 1))
    impulse[50] = 1.0
    found = smoothed(impulse, f"Gaussian {sigma}")[:, 0]  # type: ignore[arg-type]
    place = np.arange(101) - 50
    assert found.sum() == pytest.approx(1.0)
    assert np.sqrt((found * place**2).sum()) == pytest.approx(sigma, rel=0.02)


def test_the_derivative_of_a_parabola_is_exact_at_irregular_times():
    times = np.cumsum(RNG.uniform(0.1, 0.5, 60))
    values = np.stack([3 * times**2, times], axis=1)
    exact = np.stack([6 * times, np.ones_like(times)], axis=1)
    np.testing.assert_allclose(derivative(values, times), exact, rtol=1e-9)


def test_lines_between_frames_miss_a_sine_by_no_more_than_theory():
    omega, dt = 1.3, 0.4
    times = np.arange(0, 60, dt)
    one = animal(np.sin(omega * times)[:, None] * np.ones((1, 2)), times)
    fine = prepared(one, title="sine", dt_s=0.05)
    grid = np.arange(len(fine.traces)) * 0.05
    exact = np.sin(omega * grid)
    line = np.interp(grid, times, np.sin(omega * times))
    scored = (line - line.mean()) / line.std()
    np.testing.assert_allclose(fine.traces[:, 0], scored, atol=1e-9)
    # De Boor 1978: a line over a step h misses by at most h^2 max|f''| / 8.
    assert np.abs(line - exact).max() <= (omega * dt) ** 2 / 8


def test_missing_frames_are_bridged_before_smoothing_and_told():
    values = RNG.standard_normal((80, 2)).cumsum(axis=0)
    values[10:13, 0] = np.nan
    found = prepared(animal(values, np.arange(80.0)), title="gaps", smoothing="Gaussian 3")
    assert np.isfinite(found.traces).all()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: prepared(animal(np.ones((2, 1)), np.arange(2.0)), title=""), "at least three"),
        (lambda: prepared(animal(np.ones((9, 1)), np.arange(9.0) * 1e9), title="", dt_s=0.1),
         "resample to longer"),
        (lambda: one_of(Opened("a", "traces", (animal(np.ones((9, 1)), np.arange(9.0)),)), 2),
         "no number 2"),
        (lambda: matched_by_name(("a", "b"), ("AVAL",)), "0 neurons .* at least 10"),
        (lambda: EXPERIMENT.result(RecordingSpec(source="own")), "open a file of your own first"),
    ],
)  # fmt: skip
def test_recordings_that_cannot_be_made_ready_say_why(ask, said):
    with pytest.raises(InputError, match=said):
        ask()


def test_animals_come_together_on_what_they_share():
    times = np.arange(50.0)
    first = animal(RNG.standard_normal((50, 5)), times, tuple("abcde"))
    second = animal(RNG.standard_normal((40, 5)), times[:40], tuple("edcbx"))
    traces, names, dt_s = together(Opened("two", "traces", (first, second)))
    assert traces.shape == (2, 40, 4)
    assert names == tuple("bcde")
    assert dt_s == 1.0
    assert abs(np.corrcoef(traces[1, :, 3], second.values[:, 0])[0, 1]) > 0.999


def test_motifs_of_ones_own_animals_come_on_what_they_share(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    made = sources.planted_motifs(0, noise=0.3, window=4.0)
    times = np.arange(made.traces.shape[1]) * 0.5
    two = tuple(animal(one, times, made.names) for one in made.traces[:2])
    digest = kept.keep(Opened("two.npz", "traces", two))
    found = sources.own_animals(digest, 0.0, 4.0)
    assert found.traces.shape == (2, *made.traces.shape[1:])
    assert found.dt_s == 0.5
    spec = MotifSpec(source="own", own_recording=digest, rank=4, n_recordings=3, n_starts=1)
    result = MOTIFS.result(spec)
    assert result.unit == "s"
    assert result.score[:, 0, 2].mean() > result.score[:, 1, 2].mean()
    monkeypatch.setattr(sources, "AFFINITIES_MAX", 1_000)
    with pytest.raises(InputError, match="affinities; at most 1,000"):
        sources.own_animals(digest, 0.0, 4.0)
    with pytest.raises(InputError, match="open a file"):
        sources.own_animals("", 0.0, 4.0)


def test_an_own_worm_stands_beside_its_wiring(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    worm = load("varshney2011")
    names = (*worm.neurons[:30], "17")
    matrix = sum(layer.matrix(worm.n_neurons).toarray() for layer in worm.layers[:2])
    weight = np.asarray(matrix)[:30, :30]
    values = RNG.standard_normal((900, 31))
    i, j = np.nonzero(np.triu(weight + weight.T, 1))
    for a, b in zip(i, j, strict=True):
        # Each pair shares noise in proportion to what joins it.
        shared = RNG.standard_normal(900) * np.sqrt(weight[a, b] + weight[b, a])
        values[:, [a, b]] += shared[:, None]
    opened = Opened("worm.csv", "traces", (animal(values, np.arange(900) * 0.5, names),))
    asked = RecordingSpec(
        source="own", own_recording=kept.keep(opened), wiring="varshney2011", n_windows=3,
        n_shifts=30, dt_s=1.0,
    )  # fmt: skip
    found = EXPERIMENT.result(asked)
    assert found.coupling > 0.1
    assert found.p == pytest.approx(1 / 31)
    said = " ".join(found.notes)
    assert "30 neurons are those of" in said
    assert "resampled to 1 s" in said
    assert len(found.pictures()) == 6


def test_shifting_a_recording_takes_its_communities():
    found = EXPERIMENT.result(RecordingSpec(source="planted", window_s=30.0, n_windows=8))
    assert np.mean(found.agreement) > np.mean(found.shifted_agreement) + 0.5
