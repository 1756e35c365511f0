"""`InProcess` and `Job`: the promises every compute object keeps."""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from engines.contract import Card, Experiment, ExplorerError, Frame, Result, Spec
from engines.running import compute, registry
from engines.running.compute import InProcess, Job, JobFailedError, JobState, Status


class CountSpec(Spec):
    n_steps: int = 5
    trouble: str = ""


@dataclass(frozen=True)
class CountFrame(Frame):
    step: int


@dataclass(frozen=True)
class CountResult(Result):
    steps: np.ndarray


closed: list[int] = []


def count(spec: CountSpec) -> Iterator[Frame | Result]:
    try:
        for step in range(spec.n_steps):
            yield CountFrame(step, fraction=step / spec.n_steps)
        if spec.trouble == "foreseen":
            raise ExplorerError("too many steps; choose fewer")
        if spec.trouble == "unforeseen":
            raise RuntimeError("a path that nobody should see")
        if spec.trouble != "no result":
            yield CountResult(np.arange(spec.n_steps))
    finally:
        closed.append(spec.n_steps)


COUNT = Experiment(CountSpec, count, Card("count", "counts", "none"))


@pytest.fixture(autouse=True)
def only_count(monkeypatch):
    monkeypatch.setattr(registry, "name_of", lambda _: "made-up/count")
    monkeypatch.setattr(registry, "experiment", lambda _: COUNT)
    closed.clear()


def history(job: Job) -> list[Status]:
    seen: list[Status] = []
    job.listen(lambda job: seen.append(job.state.status))
    return seen


async def test_frames_come_in_order_and_the_result_last():
    job = InProcess().submit(CountSpec(n_steps=4))
    steps: list[int] = []
    job.listen(lambda job: steps.append(job.frame.step) if job.frame else None)
    result = await job.ended()
    np.testing.assert_array_equal(result.steps, np.arange(4))
    assert steps == [0, 1, 2, 3, 3]
    assert job.state == JobState(Status.DONE, fraction=1.0)


async def test_a_paused_run_stands_still_until_it_is_resumed():
    engine = InProcess()
    job = engine.submit(CountSpec(n_steps=50))
    while job.frame is None or job.frame.step < 10:
        await asyncio.sleep(0)
    engine.pause(job)
    stood_at = job.frame.step
    await asyncio.sleep(0.02)
    assert (job.state.status, job.frame.step) == (Status.PAUSED, stood_at)
    engine.resume(job)
    await job.ended()
    assert job.frame.step == 49


@pytest.mark.parametrize("paused", [False, True])
async def test_cancel_keeps_the_frames_and_closes_the_generator(paused):
    engine = InProcess()
    job = engine.submit(CountSpec(n_steps=1000))
    while job.frame is None:
        await asyncio.sleep(0)
    if paused:
        engine.pause(job)
    engine.cancel(job)
    with pytest.raises(JobFailedError, match="cancelled"):
        await job.ended()
    assert job.state.status is Status.CANCELLED
    assert job.frame is not None
    await asyncio.sleep(0.01)
    assert closed == [1000]


async def test_a_job_cancelled_before_it_began_never_runs():
    engine = InProcess()
    job = engine.submit(CountSpec())
    seen = history(job)
    engine.cancel(job)
    await asyncio.sleep(0.01)
    assert seen == [Status.CANCELLED]
    assert closed == []


async def test_the_latest_job_of_a_view_replaces_the_earlier_one():
    engine = InProcess()
    jobs = [engine.submit(CountSpec(n_steps=n), owner="a", view="v") for n in range(1, 101)]
    other = engine.submit(CountSpec(n_steps=3), owner="b", view="v")
    assert len((await jobs[-1].ended()).steps) == 100
    assert {job.state.status for job in jobs[:-1]} == {Status.REPLACED}
    assert len((await other.ended()).steps) == 3


async def test_release_cancels_what_the_owner_asked_for():
    engine = InProcess()
    mine = engine.submit(CountSpec(), owner="me", view="v")
    theirs = engine.submit(CountSpec(), owner="you", view="v")
    engine.release("me")
    await theirs.ended()
    assert mine.state.status is Status.CANCELLED


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("foreseen", "too many steps; choose fewer"),
        ("no result", "the run ended without a result"),
        ("unforeseen", "did not foresee"),
    ],
)
async def test_a_failure_is_a_state_with_a_sentence(trouble, sentence):
    job = InProcess().submit(CountSpec(trouble=trouble))
    with pytest.raises(JobFailedError, match=sentence):
        await job.ended()
    assert job.state.status is Status.FAILED
    assert "nobody should see" not in job.state.sentence


async def test_a_broken_listener_disturbs_nobody(caplog):
    job = InProcess().submit(CountSpec())
    job.listen(lambda _: 1 / 0)
    seen = history(job)
    await job.ended()
    assert seen[-1] is Status.DONE
    assert "ZeroDivisionError" in caplog.text


async def test_a_listener_that_stopped_hears_nothing_more():
    job = InProcess().submit(CountSpec())
    seen: list[Status] = []
    stop = job.listen(lambda job: seen.append(job.state.status))
    stop()
    stop()
    await job.ended()
    assert seen == []


def test_the_last_five_states_are_final():
    assert [status for status in Status if status.final] == list(Status)[3:]
    assert math.isnan(JobState().fraction)


def test_in_process_keeps_the_protocol():
    engine: compute.Compute = InProcess()
    assert callable(engine.submit)
