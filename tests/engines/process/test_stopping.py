"""Stopping what should stop: by the flag, by force, for good."""

import asyncio
import time

import psutil
import pytest

from engines.running import wording
from engines.running.compute import JobFailedError, Status

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def specs(probes):
    from engines.probes.experiments.faults import die, hang, quick, steady

    class Specs:
        Quick, Steady = quick.QuickSpec, steady.SteadySpec
        Hang, Die = hang.HangSpec, die.DieSpec

    return Specs


async def first_frame(job):
    async with asyncio.timeout(20):
        while job.frame is None and not job.state.status.final:
            await asyncio.sleep(0.005)


async def test_a_cooperative_run_stops_at_once(engine, specs):
    for seed in range(5):
        job = engine.submit(specs.Steady(n_frames=2000, seed=seed))
        await first_frame(job)
        begun = time.monotonic()
        engine.cancel(job)
        assert job.state.sentence == wording.STOPPING
        with pytest.raises(JobFailedError):
            await job.ended()
        assert job.state.status is Status.CANCELLED
        assert job.frame is not None
        assert time.monotonic() - begun < 1.0
    assert len(engine.worker_pids) == 2


async def test_a_paused_run_can_be_stopped(engine, specs):
    job = engine.submit(specs.Steady(n_frames=2000, seed=50))
    await first_frame(job)
    engine.pause(job)
    await asyncio.sleep(0.05)
    engine.cancel(job)
    with pytest.raises(JobFailedError):
        await job.ended()
    assert job.state.status is Status.CANCELLED


async def test_a_run_lost_in_c_is_stopped_by_force_and_others_go_on_meanwhile(engine, specs):
    before = set(engine.worker_pids)
    job = engine.submit(specs.Hang(), owner="stuck")
    await first_frame(job)
    begun = time.monotonic()
    engine.cancel(job)
    quick = await engine.submit(specs.Quick(seed=1), owner="other").ended()
    assert len(quick.values) == 8
    with pytest.raises(JobFailedError, match=wording.STOPPED_HARD):
        await job.ended()
    assert job.state.status is Status.CANCELLED
    assert time.monotonic() - begun < 9.0
    await two_workers(engine)
    assert len(before & set(engine.worker_pids)) == 1
    assert not [pid for pid in before - set(engine.worker_pids) if alive(pid)]


async def test_a_deadline_reaches_into_c(engine, specs):
    job = engine.submit(specs.Hang(seconds=61), deadline_s=0.5)
    with pytest.raises(JobFailedError, match="deadline"):
        await job.ended()
    assert job.state.status is Status.FAILED
    await two_workers(engine)


async def test_a_poisonous_run_is_quarantined_until_somebody_insists(engine, specs):
    poison = specs.Die(
        after_s=0.3
    )  # so that its beginning is heard; one that is not is tried again
    sentences = []
    for _ in range(3):
        job = engine.submit(poison, owner="poisoner")
        with pytest.raises(JobFailedError) as caught:
            await job.ended()
        assert job.state.status is Status.CRASHED
        sentences.append(str(caught.value))
        other = engine.submit(specs.Quick(seed=len(sentences)), owner="bystander")
        await asyncio.wait_for(other.ended(), 9.0)
    assert wording.QUARANTINED not in sentences[0]
    assert wording.QUARANTINED in sentences[1]
    assert sentences[2] == wording.QUARANTINED
    await two_workers(engine)
    before = set(engine.worker_pids)
    refused = engine.submit(poison, owner="somebody else")
    assert refused.state.status is Status.CRASHED
    assert set(engine.worker_pids) == before, "it was not started again"
    insisted = engine.submit(poison, owner="poisoner", recompute=True)
    with pytest.raises(JobFailedError, match="the engine restarted"):
        await insisted.ended()
    await two_workers(engine)


async def two_workers(engine):
    async with asyncio.timeout(20):
        while engine.state.n_workers < 2:
            await asyncio.sleep(0.02)


def alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("days", [1, -1])
async def test_a_clock_that_jumps_ends_no_run(engine, specs, monkeypatch, days):
    before, clock = set(engine.worker_pids), time.time
    job = engine.submit(specs.Steady(n_frames=60, seed=70 + days))
    await first_frame(job)
    with monkeypatch.context() as moved:
        moved.setattr(time, "time", lambda: clock() + days * 86_400)
        other = await engine.submit(specs.Quick(seed=70 + days), owner="other").ended()
        assert (await job.ended()).n_frames == 60
    assert len(other.values) == 8
    assert set(engine.worker_pids) == before
