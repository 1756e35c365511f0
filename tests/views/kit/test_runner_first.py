"""What came with the build stands on the stage until the run has answered."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engines.boundary.shipped import Shipped
from engines.contract import Frame, Result, Spec
from engines.running.compute import Job, JobState, Status
from views.kit import runner as kit
from views.kit.runner import Asker, Runner


class ToySpec(Spec):
    n: int = 0


@dataclass(frozen=True)
class ToyResult(Result):
    k: int


class Desk:
    """Holds the newest job; the test says what happens to it."""

    job: Job

    def submit(self, spec, *, owner="", view="", recompute=False) -> Job:
        self.job = Job("toy/run", spec, owner, view)
        self.kept = []
        return self.job

    pause = resume = cancel = None

    def keep(self, job: Job, *, kept: bool = True) -> None:
        self.kept.append(kept)


@pytest.fixture
def shown() -> list:
    return []


@pytest.fixture
def runner(shown) -> Runner:
    return Runner(
        Desk(),
        owner="me",
        view="v",
        spec=ToySpec,
        on_frame=lambda frame: shown.append(frame.fraction),
        on_result=lambda result, job: shown.append((result.k, job.state.status)),
        on_error=shown.append,
    )


@pytest.fixture(autouse=True)
def packed_by_number(monkeypatch):
    """Results of a test cannot be packed; their number stands for them."""
    monkeypatch.setattr(kit.codec, "pack", lambda result: b"%d" % result.k)


def first_of(k: int) -> Shipped:
    return Shipped(ToyResult(k), b"%d" % k, "1.2", 8.0, 5)


def done(job: Job, k: int) -> None:
    job.tell(JobState(Status.DONE, fraction=1.0), result=ToyResult(k))


def test_the_first_picture_is_shown_at_once_and_says_where_it_is_from(runner, shown):
    job = runner.run()
    job.tell(first=first_of(7))
    assert shown == [(7, Status.DONE)]
    assert runner.standing.kind == "first"
    assert runner.standing.sentence == "Made with version 1.2; computing afresh."
    done(job, 7)
    assert shown == [(7, Status.DONE)], "equal to the byte: nothing is drawn again"
    assert runner.standing.kind == ""


def test_a_result_that_differs_replaces_it(runner, shown):
    job = runner.run()
    job.tell(first=first_of(7))
    done(job, 8)
    assert shown == [(7, Status.DONE), (8, Status.DONE)]


def test_the_beginning_of_the_same_does_not_replace_the_whole(runner, shown):
    job = runner.run()
    job.tell(first=first_of(7))
    job.tell(JobState(Status.RUNNING, 0.5), frame=Frame(fraction=0.5))
    assert shown == [(7, Status.DONE)]
    assert (runner.standing.kind, runner.standing.fraction) == ("first", 0.5)
    done(job, 7)
    assert shown == [(7, Status.DONE)]


def test_a_stopped_run_leaves_it_and_says_so(runner, shown):
    job = runner.run()
    job.tell(first=first_of(7))
    job.tell(JobState(Status.CANCELLED))
    assert runner.standing.sentence == "Made with version 1.2; not computed afresh."


def test_an_empty_stage_says_what_is_done(runner):
    job = runner.run()
    job.tell(JobState(Status.RUNNING, sentence="compiling kernel 3 of about 5"))
    assert runner.standing.kind == "wait"
    assert runner.standing.sentence == "Compiling kernel 3 of about 5"
    done(job, 1)
    assert runner.standing.kind == ""


def test_what_comes_late_is_not_shown(runner, shown):
    job = runner.run()
    done(job, 1)
    job.tell(first=first_of(7))
    assert shown == [(1, Status.DONE)]


def test_a_run_is_kept_and_let_go_and_the_next_one_is_not_kept(runner):
    desk = runner.compute
    runner.run()
    runner.press("keep")
    assert runner.bar.kept
    runner.press("let go")
    assert not runner.bar.kept
    assert desk.kept == [True, False]
    runner.press("keep")
    runner.run()
    assert not runner.bar.kept


def test_a_plain_asker_is_told_a_job_that_has_ended():
    told = []
    desk = Desk()
    asker = Asker(desk, "me", "v", lambda job: told.append((job.state.status, job.result)))
    asker.ask(ToySpec())
    desk.job.tell(first=first_of(7))
    assert told[1:] == [(Status.DONE, ToyResult(7)), (Status.QUEUED, None)]
