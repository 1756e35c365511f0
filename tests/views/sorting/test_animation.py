"""The GIF of a run, opened by another reader: its frames are moments of the run."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image, ImageSequence

from engines.sorting import SortSpec, simulate
from views.kit.theme import tokens
from views.sorting.animation import HEIGHT, WIDTH, frame_steps, gif_bytes
from views.sorting.lanes import bar_heights

KINDS = ["bubble", "insertion", "selection"]
SERIES = {0: 0, 1: 2, 2: 1}  # series colour of bubble, insertion, selection


def pictures(data):
    image = Image.open(io.BytesIO(data))
    return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def rgb(colour):
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def middle_columns(n):
    return np.floor((np.arange(n) + 0.4) * WIDTH / n).astype(int)


@pytest.fixture(scope="module")
def run():
    return simulate(SortSpec(n_cells=40, algotypes=KINDS, n_frozen=2, seed=4))


@pytest.fixture(scope="module")
def film(run):
    return pictures(gif_bytes(run))


def test_it_has_a_hundred_frames_of_one_size(film):
    assert len(film) == 100
    assert {picture.shape for picture in film} == {(HEIGHT, WIDTH, 3)}


@pytest.mark.parametrize("place", [0, 37, -1])
def test_bars_are_as_tall_and_coloured_as_the_cells_of_that_moment(run, film, place):
    state = run.at(int(frame_steps(run)[place]))
    columns = film[place][:, middle_columns(40)]
    look = tokens()["light"]
    tall = (columns != rgb(look["surface"])).any(axis=2).sum(axis=0)
    np.testing.assert_allclose(tall, bar_heights(run)[state.order] * (HEIGHT - 4), atol=1.0)
    for position, cell in enumerate(state.order):
        kind = SERIES[int(state.algotype[cell])]
        wanted = look["ink-2"] if state.frozen[cell] else look["series"][kind]
        assert columns[-1, position].tolist() == rgb(wanted)


def test_the_first_frame_is_the_start_and_the_last_the_end(run):
    steps = frame_steps(run)
    assert (steps[0], steps[-1]) == (0, run.n_steps)
    assert np.diff(steps).min() > 0


@pytest.mark.parametrize("n", [0, 1, 2])
def test_small_runs_have_as_many_frames_as_states(n):
    run = simulate(SortSpec(n_cells=n))
    assert len(pictures(gif_bytes(run))) == run.n_steps + 1


def test_a_large_run_is_small_and_soon_made():
    run = simulate(SortSpec(n_cells=1000, algotypes=["bubble", "selection"]))
    start = time.perf_counter()
    data = gif_bytes(run)
    assert time.perf_counter() - start < 20
    assert len(data) < 2_000_000
    assert len(pictures(data)) == 100
