"""The worker's side without a worker: pacing, flags, the outcome."""

import threading
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.boundary import codec
from engines.contract import ExplorerError, Frame, Result
from engines.process import job
from engines.process.pace import Pace


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


def test_a_cancelled_run_stops_and_a_held_one_waits():
    job._FLAGS["r"] = "run"
    job._look_at_flag("r")
    job.set_flag("r", "cancel")
    with pytest.raises(job.Stopped):
        job._look_at_flag("r")
    job.set_flag("r", "pause")
    went_on = threading.Event()

    def look():
        job._look_at_flag("r")
        went_on.set()

    waiting = threading.Thread(target=look)
    waiting.start()
    assert not went_on.wait(0.1)
    job.set_flag("r", "run")
    assert went_on.wait(5)
    waiting.join()


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
        assert job._FLAGS == {"early": "cancel"}
    with job._active("next"):
        assert job._FLAGS == {"next": "run"}
