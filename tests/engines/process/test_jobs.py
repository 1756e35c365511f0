"""Jobs through a real engine: they start, stream, share, wait, come from the store."""

import asyncio
import time

import numpy as np
import psutil
import pytest

from engines.process.status import EnginePhase
from engines.running import wording
from engines.running.compute import JobFailedError, Status

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def specs(probes):
    from engines.probes.experiments.faults import fail, quick, steady

    class Specs:
        Quick, Steady, Fail = quick.QuickSpec, steady.SteadySpec, fail.FailSpec

    return Specs


async def until(true, within_s=10.0):
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.005)


async def frames(job):
    await until(lambda: job.frame is not None)


async def test_a_job_may_be_submitted_before_the_engine_is_ready(make_engine, specs):
    engine = make_engine()
    phases = []
    engine.listen(lambda state: phases.append(state.phase))
    job = engine.submit(specs.Quick(seed=1))
    assert engine.state.phase is EnginePhase.STARTING
    async with engine:
        assert len((await job.ended()).values) == 8
    assert phases[0] is EnginePhase.STARTING
    assert EnginePhase.READY in phases


async def test_closing_ends_every_job_and_every_process(make_engine, specs):
    engine = make_engine()
    async with engine:
        job = engine.submit(specs.Steady(n_frames=10_000))
        await frames(job)
        pids = engine.worker_pids
        assert len(pids) == 2
    assert job.state.status is Status.CANCELLED
    assert job.state.sentence == wording.CLOSED
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


async def test_the_result_is_what_the_experiment_computes(engine, specs):
    result = await engine.submit(specs.Quick(n_values=5, seed=7)).ended()
    expected = np.random.Generator(np.random.Philox(7)).random(5)
    np.testing.assert_array_equal(result.values, expected)


async def test_frames_come_in_order_and_the_last_one_always(engine, specs):
    job = engine.submit(specs.Steady(n_frames=150, frame_s=0.002, seed=2))
    steps = []
    job.listen(lambda job: steps.append(job.frame.step) if job.frame else None)
    await job.ended()
    assert steps == sorted(steps)
    assert steps[-1] == 149
    assert len(set(steps)) < 100, "frames are thinned to sixty a second"


async def test_ten_megabytes_arrive_whole(engine, specs):
    spec = specs.Quick(n_values=1_250_000, seed=3)
    result = await engine.submit(spec).ended()
    np.testing.assert_array_equal(
        result.values, np.random.Generator(np.random.Philox(3)).random(1_250_000)
    )


async def test_of_a_thousand_submits_the_last_one_shows(engine, specs):
    blockers = [
        engine.submit(specs.Steady(n_frames=30, seed=100 + i), owner=f"block{i}") for i in range(2)
    ]
    jobs, most_queued = [], 0
    for seed in range(1000):
        jobs.append(engine.submit(specs.Quick(seed=1000 + seed), owner="me", view="slider"))
        most_queued = max(most_queued, engine.state.n_queued)
    last = await jobs[-1].ended()
    expected = np.random.Generator(np.random.Philox(1999)).random(8)
    np.testing.assert_array_equal(last.values, expected)
    assert most_queued <= 1
    assert sum(job.state.status is Status.REPLACED for job in jobs) >= 997
    await asyncio.gather(*(job.ended() for job in blockers))


async def test_a_short_job_does_not_wait_behind_trainings(engine, specs):
    trainings = [
        engine.submit(specs.Steady(n_frames=2000, said_s=20.0, seed=i), owner=f"t{i}")
        for i in range(4)
    ]
    await until(lambda: any(job.frame for job in trainings))
    begun = time.monotonic()
    await engine.submit(specs.Quick(delay_s=0.02, seed=5), owner="visitor").ended()
    assert time.monotonic() - begun < 1.0
    for job in trainings:
        engine.cancel(job)
    await until(lambda: all(job.state.status.final for job in trainings))


async def test_pause_stands_still_and_resume_goes_on(engine, specs):
    job = engine.submit(specs.Steady(n_frames=300, seed=6))
    await frames(job)
    engine.pause(job)
    await asyncio.sleep(0.2)
    assert job.state.status is Status.PAUSED
    stood_at = job.frame.step
    await asyncio.sleep(0.2)
    assert job.frame.step == stood_at
    engine.resume(job)
    await until(lambda: job.frame.step > stood_at)
    assert job.state.status is Status.RUNNING
    engine.cancel(job)
    await until(lambda: job.state.status.final)


async def test_a_deadline_ends_a_job_with_a_sentence(engine, specs):
    job = engine.submit(specs.Steady(n_frames=2000, seed=7), deadline_s=0.3)
    with pytest.raises(JobFailedError, match=r"deadline of 0\.3 s"):
        await job.ended()
    assert job.state.status is Status.FAILED


async def test_one_session_cannot_cancel_anothers_job(engine, specs):
    spec = specs.Steady(n_frames=100, seed=8)
    mine = engine.submit(spec, owner="me", view="v")
    await frames(mine)
    theirs = engine.submit(spec, owner="you", view="v")
    assert theirs.frame is not None, "progress is seen at once"
    engine.cancel(theirs)
    assert theirs.state.status is Status.CANCELLED
    assert (await mine.ended()).n_frames == 100


async def test_a_reloaded_page_sees_its_run_again(engine, specs):
    spec = specs.Steady(n_frames=150, seed=9)
    before = engine.submit(spec, owner="session 1", view="v")
    await frames(before)
    engine.release("session 1")
    after = engine.submit(spec, owner="session 2", view="v")
    assert after.frame is not None
    assert after.state.status is Status.RUNNING
    assert (await after.ended()).n_frames == 150


async def test_a_result_comes_from_the_store_the_second_time_and_anew_on_request(engine, specs):
    spec = specs.Quick(seed=10, delay_s=0.05)
    first = engine.submit(spec)
    await first.ended()
    assert first.state.from_cache == ""
    second = engine.submit(spec)
    await second.ended()
    assert second.state.from_cache.startswith("20")
    np.testing.assert_array_equal(second.result.values, first.result.values)
    third = engine.submit(spec, recompute=True)
    await third.ended()
    assert third.state.from_cache == ""


async def test_results_outlive_the_engine_and_a_flipped_byte_is_noticed(
    make_engine, specs, tmp_path
):
    spec = specs.Quick(seed=11)
    async with make_engine(cache_dir=tmp_path) as engine:
        await engine.submit(spec).ended()
        await until(lambda: list(tmp_path.glob("*.result")))
    async with make_engine(cache_dir=tmp_path) as engine:
        job = engine.submit(spec)
        await job.ended()
        assert job.state.from_cache
        (kept,) = tmp_path.glob("*.result")
        raw = bytearray(kept.read_bytes())
        raw[-3] ^= 1
        kept.write_bytes(raw)
        engine.results.store.clear_memory()
        job = engine.submit(spec)
        result = await job.ended()
        assert not job.state.from_cache
    np.testing.assert_array_equal(
        result.values, np.random.Generator(np.random.Philox(11)).random(8)
    )


async def test_the_packed_result_can_be_handed_on(engine, specs):
    from engines.boundary import codec

    job = engine.submit(specs.Quick(seed=12))
    result = await job.ended()
    await asyncio.sleep(0.1)
    assert await engine.result_bytes(job) == codec.pack(result)


async def test_failures_are_sentences_and_tracebacks_stay_in_the_log(engine, specs):
    job = engine.submit(specs.Fail(how="foreseen"))
    with pytest.raises(JobFailedError, match="nine is too many; choose eight"):
        await job.ended()
    job = engine.submit(specs.Fail(how="unforeseen"))
    with pytest.raises(JobFailedError, match=r"error id [0-9a-f]{8}") as caught:
        await job.ended()
    assert "/etc/shadow" not in str(caught.value)
    job = engine.submit(specs.Fail(how="no result"))
    with pytest.raises(JobFailedError, match="without a result"):
        await job.ended()


async def test_experiments_know_their_device(engine, specs):
    result = await engine.submit(specs.Fail(how="device")).ended()
    assert result.fact == engine.state.device == "cpu"


async def test_workers_see_no_secrets_and_the_right_device(make_engine, specs, monkeypatch):
    names = (
        "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD",
        "HUB_TOKEN",
        "aws_secret_access_key",
        "MY_HARMLESS",
    )
    for name in names:
        monkeypatch.setenv(name, "1")
    async with make_engine(device="cuda:99") as engine:
        jobs = [engine.submit(specs.Fail(how="environment", name=n), view=n) for n in names]
        for job in jobs:
            with pytest.raises(JobFailedError, match="cuda:99 was asked for"):
                await job.ended()
    async with make_engine(device="cpu") as engine:
        jobs = [engine.submit(specs.Fail(how="environment", name=n), view=n) for n in names]
        facts = [(await job.ended()).fact for job in jobs]
    assert facts == ["absent", "absent", "absent", "1"]


async def test_the_engine_reports_its_memory_and_queue(engine):
    await until(lambda: engine.state.memory_bytes > 50_000_000)
    await until(lambda: engine.state.phase is EnginePhase.READY)
    # One more for a while where a busy machine let no worker answer.
    assert 2 <= engine.state.n_workers <= engine.settings.rules.max_slots
    assert engine.state.n_queued == 0
    assert engine.state.address.startswith("tls://127.0.0.1:")


async def test_threads_together_do_not_outnumber_the_cores(engine, specs):
    from engines.running import devices

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        fact = (await engine.submit(specs.Fail(how="environment", name=name)).ended()).fact
        assert int(fact) == devices.threads_each(2)


async def test_the_page_goes_first_where_all_cores_are_busy(engine):
    page = psutil.Process().nice()
    assert all(psutil.Process(pid).nice() > page for pid in engine.worker_pids)


async def test_a_listener_may_ask_for_more_while_it_is_told(engine, specs):
    chain = []

    def ask_again(job):
        chain.append(job.state.status)
        if job.state.status is Status.DONE and len(results) < 3:
            results.append(job.result)
            engine.submit(specs.Quick(seed=60 + len(results)), view="chain").listen(ask_again)

    results = []
    engine.submit(specs.Quick(seed=60), view="chain").listen(ask_again)
    await until(lambda: len(results) == 3 and chain.count(Status.DONE) == 4)
    assert not np.array_equal(results[0].values, results[1].values)


async def test_a_broken_listener_of_the_engine_harms_nobody(engine, specs, caplog):
    stop = engine.listen(lambda _: 1 / 0)
    assert len((await engine.submit(specs.Quick(seed=70)).ended()).values) == 8
    stop()
    assert "ZeroDivisionError" in caplog.text
