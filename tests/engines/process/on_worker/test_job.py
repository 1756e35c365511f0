"""The worker's side without a worker: pacing, flags, the outcome."""

import sys
import threading
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.boundary import codec
from engines.contract import ExplorerError, Frame, Result
from engines.process.on_worker import job
from engines.process.on_worker.pace import Pace


@dataclass(frozen=True)
class Step(Frame):
    step: int


def run(items, look=lambda: None):
    sent = []
    result = job.drive(iter(items), sent.append, look)
    return result, [codec.unpack(message["frame"]) for message in sent]


def made(items):
    """What a generator would yield; frames from a test cannot be unpacked elsewhere."""
    return [Frame(fraction=i / 100) for i in range(items)]


def test_the_last_frame_is_always_sent_before_the_result():
    result, frames = run([*made(50), Result()])
    assert result == Result()
    assert frames[0].fraction == 0.0
    assert frames[-1].fraction == 0.49
    assert len(frames) < 50


def test_a_frame_is_not_sent_twice():
    _, frames = run([*made(1), Result()])
    assert [frame.fraction for frame in frames] == [0.0]


def test_no_result_is_an_error_with_a_sentence():
    with pytest.raises(ExplorerError, match="without a result"):
        run(made(3))


def test_leaving_early_closes_the_generator():
    closed = []

    def frames():
        try:
            yield from made(10)
        finally:
            closed.append(True)

    def stop():
        raise job.Stopped

    with pytest.raises(job.Stopped):
        job.drive(frames(), lambda _: None, stop)
    assert closed == [True]


def test_nothing_after_the_result_is_asked_for():
    def frames():
        yield Result()
        raise AssertionError("asked for more")

    assert run(frames())[0] == Result()


@pytest.fixture
def flagged():
    """A run whose flags may be set, and what it says while it is held."""
    said = []
    yield said, lambda: job._look_at_flag("r", said.append)
    job._FLAGS.clear()


def held(look):
    """A thread in which the run looks at its flag, and whether it went on."""
    went_on = threading.Event()

    def wait():
        look()
        went_on.set()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, went_on


def test_a_cancelled_run_stops_and_a_held_one_waits(flagged):
    _said, look = flagged
    look()
    job.set_flag("r", "cancel")
    with pytest.raises(job.Stopped):
        look()
    job.set_flag("r", "pause")
    waiting, went_on = held(look)
    assert not went_on.wait(0.1)
    job.set_flag("r", "run")
    assert went_on.wait(5)
    waiting.join()


def test_a_held_run_says_which_flag_it_obeys_and_hears_no_older_one(flagged):
    said, look = flagged
    job.set_flag("r", "pause", 3)
    job.set_flag("r", "run", 2)
    waiting, went_on = held(look)
    assert not went_on.wait(0.1)
    job.set_flag("r", "pause", 5)
    assert not went_on.wait(0.1)
    job.set_flag("r", "run", 6)
    assert went_on.wait(5)
    waiting.join()
    assert said == [{"kind": "held", "order": 3}, {"kind": "held", "order": 5}]


def test_a_held_run_draws_what_it_would_have_drawn_whatever_others_draw_meanwhile(flagged):
    _said, look = flagged
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    expected = torch.rand(3).tolist(), np.random.rand(3).tolist()  # noqa: NPY002
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    job.set_flag("r", "pause")
    waiting, went_on = held(look)
    assert not went_on.wait(0.1)
    torch.manual_seed(2)
    np.random.seed(2)  # noqa: NPY002
    job.set_flag("r", "run")
    waiting.join(5)
    drawn = torch.rand(3).tolist(), np.random.rand(3).tolist()  # noqa: NPY002
    assert drawn == expected


def test_a_run_may_be_held_while_torch_is_being_loaded(monkeypatch):
    half = ModuleType("torch")
    half.__spec__ = SimpleNamespace(_initializing=True)
    monkeypatch.setitem(sys.modules, "torch", half)
    with job.random_state_kept():
        pass


@given(
    st.lists(st.floats(0, 0.05), min_size=20, max_size=200),
    st.integers(1, 1_000_000),
)
def test_the_pace_is_kept_whatever_the_generator_does(gaps, n_bytes):
    pace, now, sent = Pace(), 0.0, []
    for gap in gaps:
        now += gap
        if pace.allows(now):
            pace.sent(n_bytes, now)
            sent.append(now)
    # One frame may come early after a stall, never more.
    allowed = 2 + min(60 * now, 10e6 * now / n_bytes)
    assert len(sent) <= allowed + 1


def test_sixty_frames_a_second_are_reached_by_a_fast_generator():
    pace, sent = Pace(), 0
    for tick in range(1000):
        if pace.allows(tick / 1000):
            pace.sent(100, tick / 1000)
            sent += 1
    assert 58 <= sent <= 61


def test_quiet_is_when_no_run_has_been_active_for_a_while():
    quiet = threading.Event()

    def wait():
        job.wait_until_quiet(0.2)
        quiet.set()

    with job._active("r"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not quiet.wait(0.4)
    assert not quiet.is_set()
    assert quiet.wait(5)
    waiting.join()


def test_a_flag_that_came_before_its_run_is_kept_and_others_are_not():
    job.set_flag("early", "cancel")
    job.set_flag("old", "cancel")
    with job._active("early"):
        assert job._FLAGS == {"early": ("cancel", 0)}
    with job._active("next"):
        assert job._FLAGS == {}
