"""From a press of Run to what is shown: the newest job only, and nothing held alive."""

from __future__ import annotations

import gc
import math
import weakref
from dataclasses import dataclass

import pytest

from engines.contract import ExplorerError, Frame, Result, Spec, SpecError
from engines.running.compute import Job, JobState, Status
from views.kit.runner import Asker, Runner, bar_state


class ToySpec(Spec):
    n: int = 0


@dataclass(frozen=True)
class ToyFrame(Frame):
    k: int


@dataclass(frozen=True)
class ToyResult(Result):
    k: int


class Desk:
    """A compute that does nothing by itself: the test says what happens to every job."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.recomputed: list[bool] = []
        self.done: list[tuple[str, Job]] = []
        self.refusal = ""

    def submit(self, spec, *, owner="", view="", recompute=False) -> Job:
        if self.refusal:
            raise SpecError(self.refusal)
        self.jobs.append(Job("toy/run", spec, owner, view))
        self.recomputed.append(recompute)
        return self.jobs[-1]

    def pause(self, job: Job) -> None:
        self.done.append(("pause", job))

    def resume(self, job: Job) -> None:
        self.done.append(("resume", job))

    def cancel(self, job: Job) -> None:
        self.done.append(("cancel", job))

    def keep(self, job: Job, *, kept: bool = True) -> None:
        self.done.append(("keep" if kept else "let go", job))

    def release(self, owner: str) -> None:
        raise AssertionError("nobody has gone")


class Screen:
    """A view that remembers what it was told."""

    def __init__(self, desk: Desk) -> None:
        self.frames: list[Frame] = []
        self.results: list[tuple[Result, Job]] = []
        self.errors: list[str] = []
        self.n = 0
        self.runner = Runner(
            desk,
            owner="me",
            view="toy",
            spec=self.spec,
            on_frame=self.frames.append,
            on_result=lambda result, job: self.results.append((result, job)),
            on_error=self.errors.append,
        )

    def spec(self) -> ToySpec:
        if self.n < 0:
            raise SpecError("n must be at least 0")
        return ToySpec(n=self.n)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def screen(desk) -> Screen:
    return Screen(desk)


def test_an_asker_tells_every_change_of_its_job(desk):
    told: list[Status] = []
    asker = Asker(desk, "me", "toy", lambda job: told.append(job.state.status))
    job = asker.ask(ToySpec())
    job.tell(JobState(Status.RUNNING))
    job.tell(JobState(Status.DONE), result=ToyResult(1))
    assert told == [Status.QUEUED, Status.RUNNING, Status.DONE]
    assert (job.owner, job.view) == ("me", "toy")


def test_an_asker_hears_the_newest_job_only(desk):
    told: list[int] = []
    asker = Asker(desk, "me", "toy", lambda job: told.append(job.spec.n))
    first = asker.ask(ToySpec(n=1))
    asker.ask(ToySpec(n=2))
    first.tell(JobState(Status.DONE), result=ToyResult(1))
    assert told == [1, 2]


def test_a_job_does_not_keep_its_asker_alive(desk):
    told: list[Job] = []
    asker = Asker(desk, "me", "toy", told.append)
    job = asker.ask(ToySpec())
    gone = weakref.ref(asker)
    del asker
    gc.collect()
    assert gone() is None
    job.tell(JobState(Status.RUNNING))
    assert len(told) == 1


def test_many_changes_in_one_tick_are_one_flush_with_the_newest_state(desk):
    told: list[float] = []
    waiting: list = []

    class Page:
        session_context = object()

        def add_next_tick_callback(self, callback) -> None:
            waiting.append(callback)

    asker = Asker(desk, "me", "toy", lambda job: told.append(job.state.fraction))
    job = asker.ask(ToySpec())
    asker._document = Page()
    told.clear()
    for k in range(5):
        job.tell(JobState(Status.RUNNING, k / 5))
    assert len(waiting) == 1
    waiting.pop()()
    assert told == [0.8]
    job.tell(JobState(Status.RUNNING, 0.9))
    assert len(waiting) == 1


def test_frames_and_the_result_reach_the_view_once_each(desk, screen):
    job = screen.runner.run()
    job.tell(JobState(Status.RUNNING, 0.1), frame=ToyFrame(1))
    job.tell(JobState(Status.RUNNING, 0.2))  # the state alone is no new frame
    job.tell(JobState(Status.RUNNING, 0.3), frame=ToyFrame(2))
    job.tell(JobState(Status.DONE, 1.0), result=ToyResult(3))
    assert [frame.k for frame in screen.frames] == [1, 2]
    assert screen.results == [(ToyResult(3), job)]
    assert screen.errors == []


def test_a_result_that_is_there_at_once_is_shown(desk, screen):
    desk.submit = lambda spec, **_: _done_at_once(spec)
    screen.runner.run()
    assert [result for result, _ in screen.results] == [ToyResult(7)]
    screen.runner.run()
    assert len(screen.results) == 2


def _done_at_once(spec: Spec) -> Job:
    job = Job("toy/run", spec, "me", "toy")
    job.tell(JobState(Status.DONE, from_cache="2024-01-05T10:00:00+00:00"), result=ToyResult(7))
    return job


@pytest.mark.parametrize("status", [Status.FAILED, Status.CRASHED])
def test_a_run_that_ends_badly_is_a_sentence(desk, screen, status):
    job = screen.runner.run()
    job.tell(JobState(status, sentence="The engine ran out of memory; make it smaller."))
    assert screen.errors == ["The engine ran out of memory; make it smaller."]
    assert screen.runner.bar.status == str(status)
    assert screen.runner.bar.sentence == "The engine ran out of memory; make it smaller."


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REPLACED])
def test_a_run_that_was_stopped_is_no_error(desk, screen, status):
    job = screen.runner.run()
    job.tell(JobState(status))
    assert screen.errors == []
    assert screen.runner.bar.status == str(status)


def test_no_moment_follows_the_end_of_a_run_though_the_browser_answers_late(desk, screen):
    class Page:
        session_context = object()

        def add_next_tick_callback(self, callback) -> None:
            callback()

    shown_when_stopped: list[int] = []
    screen.runner._on_stopped = lambda _job: shown_when_stopped.append(len(screen.frames))
    job = screen.runner.run()
    screen.runner.asker._document = Page()
    job.tell(JobState(Status.RUNNING), frame=ToyFrame(1))
    job.tell(JobState(Status.RUNNING), frame=ToyFrame(2))
    assert [frame.k for frame in screen.frames] == [1]  # the browser has not answered yet
    job.tell(JobState(Status.CANCELLED))
    assert [frame.k for frame in screen.frames] == [1, 2]
    assert shown_when_stopped == [2]
    screen.runner._drawn(screen.runner.bar.beat)
    assert [frame.k for frame in screen.frames] == [1, 2]


def test_knobs_that_do_not_fit_are_a_sentence_and_no_job(desk, screen):
    screen.n = -1
    assert screen.runner.run() is None
    assert desk.jobs == []
    assert screen.errors == ["n must be at least 0"]
    assert (screen.runner.bar.status, screen.runner.bar.fraction) == ("failed", -1.0)


def test_an_engine_that_refuses_is_a_sentence(desk, screen):
    desk.refusal = "the queue is full; wait for a run to end"
    assert screen.runner.run() is None
    assert screen.errors == ["the queue is full; wait for a run to end"]


def test_the_buttons_do_what_they_say(desk, screen):
    bar = screen.runner.bar
    for kind in ("pause", "resume", "stop"):
        bar._handle_msg({"kind": kind})  # nothing runs yet
    assert desk.done == []
    bar._handle_msg({"kind": "run"})
    bar._handle_msg({"kind": "pause"})
    bar._handle_msg({"kind": "resume"})
    bar._handle_msg({"kind": "stop"})
    assert desk.done == [(act, desk.jobs[0]) for act in ("pause", "resume", "cancel")]
    bar._handle_msg({"kind": "recompute"})
    assert desk.recomputed == [False, True]
    desk.jobs[-1].tell(JobState(Status.DONE), result=ToyResult(1))
    bar._handle_msg({"kind": "stop"})
    assert len(desk.done) == 3


@pytest.mark.parametrize("message", [None, 7, "run", {}, {"kind": "erase"}, {"kind": None}])
def test_other_messages_of_a_browser_are_passed_over(desk, screen, message):
    screen.runner.bar._handle_msg(message)
    assert desk.jobs == []


@pytest.mark.parametrize(
    ("state", "fraction", "sentence"),
    [
        (JobState(), -1.0, "waiting"),
        (JobState(queued_ahead=3), -1.0, "waiting, 3 ahead"),
        (JobState(Status.RUNNING, 0.42, elapsed_s=1.26), 0.42, "running, 42 %, 1.3 s"),
        (JobState(Status.RUNNING, math.nan, elapsed_s=2.0), -1.0, "running, 2.0 s"),
        (JobState(Status.PAUSED, 0.5, elapsed_s=9.0), 0.5, "paused at 50 %, 9.0 s"),
        (JobState(Status.DONE, elapsed_s=0.2), 1.0, "done in 0.2 s"),
        (JobState(Status.CANCELLED, 0.3), 0.3, "stopped; what had come is kept"),
        (JobState(Status.REPLACED), -1.0, "replaced by a newer request"),
        (JobState(Status.FAILED, sentence="Too many cells."), -1.0, "Too many cells."),
        (JobState(Status.CRASHED, sentence="It died."), -1.0, "It died."),
        (JobState(Status.QUEUED, sentence="The engine starts."), -1.0, "The engine starts."),
    ],
)
def test_the_bar_says_where_a_job_is(state, fraction, sentence):
    job = Job("toy/run", ToySpec(), "", "")
    job.tell(state)
    assert bar_state(job) == {
        "status": str(state.status),
        "fraction": fraction,
        "sentence": sentence,
        "cached": False,
    }


def test_the_bar_says_when_a_cached_result_was_computed(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    shown = bar_state(_done_at_once(ToySpec()))
    assert shown["cached"]
    assert shown["sentence"].startswith("from cache, computed 2024-01-05 ")


def test_errors_for_users_are_one_family():
    assert issubclass(SpecError, ExplorerError)
