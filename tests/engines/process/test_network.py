"""What listens, who is let in, and runs on somebody else's cluster."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from distributed import Client
from distributed.security import Security

from engines.process.status import EnginePhase

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]


async def test_only_loopback_tls_ports_listen(engine):
    mine = psutil.Process()
    family = [mine, *[psutil.Process(pid) for pid in engine.worker_pids]]
    ports = [c.laddr for one in family for c in one.net_connections("inet") if c.status == "LISTEN"]
    assert {address.ip for address in ports} == {"127.0.0.1"}
    # One scheduler, two nannies, two workers.
    assert len(ports) == 5
    for address in ports:
        assert b"HTTP" not in await answer_to_http(address)


async def answer_to_http(address):
    reader, writer = await asyncio.open_connection(address.ip, address.port)
    try:
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        return await asyncio.wait_for(reader.read(200), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("whose", ["none", "foreign"])
async def test_a_client_without_our_certificate_is_refused(engine, whose):
    options = {}
    address = engine.state.address
    if whose == "foreign":
        options["security"] = Security.temporary()
    else:
        address = address.replace("tls://", "tcp://")
    with pytest.raises((OSError, TimeoutError)):
        async with asyncio.timeout(20):
            await Client(address, asynchronous=True, set_as_default=False, timeout=2, **options)
    assert engine.state.phase in (EnginePhase.READY, EnginePhase.BUSY)


@contextlib.contextmanager
def cluster(folder, n_workers=2, path=""):
    """`dask scheduler` and `dask worker` as anybody would start them, behind TLS."""
    security = Security.temporary()
    files = {
        "ca": security.tls_ca_file,
        "cert": security.tls_worker_cert,
        "key": security.tls_worker_key,
    }
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    tls = [
        f"--tls-ca-file={folder}/ca.pem",
        f"--tls-cert={folder}/cert.pem",
        f"--tls-key={folder}/key.pem",
    ]
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker"]
    about = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    root = str(Path(__file__).parents[3])
    probes = str(Path(__file__).parent / "probes")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([root, path or probes]),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }
    started = [
        subprocess.Popen(
            [*dask, "--host=127.0.0.1", "--port=0", "--protocol=tls", "--no-dashboard",
             f"--scheduler-file={about}", *tls], env=environment, **quiet,
        )
    ]  # fmt: skip
    try:
        started += [
            subprocess.Popen(
                [*worker, f"--scheduler-file={about}", "--protocol=tls", "--host=127.0.0.1",
                 "--nthreads=1", "--no-dashboard", f"--local-directory={folder}", *tls],
                env=environment, **quiet,
            )
            for _ in range(n_workers)
        ]  # fmt: skip
        yield about, {f"tls_{name}": str(folder / f"{name}.pem") for name in files}
    finally:
        for process in reversed(started):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait(10)


async def address_in(about):
    import json

    async with asyncio.timeout(30):
        while not (about.exists() and about.stat().st_size):
            await asyncio.sleep(0.05)
    return json.loads(about.read_text())["address"]


async def workers(engine, n):
    async with asyncio.timeout(30):
        while engine.state.n_workers < n:
            await asyncio.sleep(0.05)


async def test_a_sweep_on_a_cluster_gives_the_same_bytes(engine, make_engine, tmp_path):
    from engines.probes.experiments.faults.steady import SteadySpec

    from engines.boundary import codec

    specs = [SteadySpec(n_frames=5, frame_s=0.001, seed=seed) for seed in range(8)]
    here = [await engine.submit(spec).ended() for spec in specs]
    with cluster(tmp_path) as (about, tls):
        async with make_engine(scheduler=await address_in(about), **tls) as remote:
            assert remote.state.phase is EnginePhase.REMOTE
            await workers(remote, 2)
            jobs = [remote.submit(spec, owner=f"o{i}") for i, spec in enumerate(specs)]
            there = [await job.ended() for job in jobs]
            assert not any(job.state.from_cache for job in jobs)
            await lost_worker(remote)
    assert [codec.pack(one) for one in here] == [codec.pack(one) for one in there]


async def test_one_sweep_uses_all_workers_of_a_cluster_and_gives_the_same_bytes(
    engine, make_engine, tmp_path
):
    from engines.boundary import codec
    from engines.sorting import SortSpec, SweepSpec

    run = SortSpec(n_cells=40, algotypes=("bubble", "selection"))
    spec = SweepSpec(run=run, n_runs=20, n_x=6, n_y=4)
    here = await engine.submit(spec).ended()
    with cluster(tmp_path) as (about, tls):
        address = await address_in(about)
        async with make_engine(scheduler=address, **tls) as remote:
            await workers(remote, 2)
            security = Security(
                tls_ca_file=tls["tls_ca"], tls_client_cert=tls["tls_cert"],
                tls_client_key=tls["tls_key"], require_encryption=True,
            )  # fmt: skip
            async with Client(address, security=security, asynchronous=True) as client:
                before = await client.run(n_executed)
                job = remote.submit(spec)
                there = await job.ended()
                after = await client.run(n_executed)
            assert not job.state.from_cache
    assert codec.pack(here) == codec.pack(there)
    done = [after[worker] - before[worker] for worker in before]
    assert len(done) == 2
    assert sum(done) == 24 + 1  # a task per cell of the map, and the job itself
    assert min(done) >= 2  # neither worker did the job alone


def n_executed(dask_worker):
    """Tasks this worker has run since it started."""
    return dask_worker.state.executed_count


async def lost_worker(remote):
    """The same crash and the same sentence as at home."""
    from engines.probes.experiments.faults.die import DieSpec

    from engines.running.compute import JobFailedError

    with pytest.raises(JobFailedError, match="the engine restarted"):
        await remote.submit(DieSpec()).ended()
    await workers(remote, 2)


async def test_workers_with_other_code_are_not_used(make_engine, tmp_path):
    from engines.probes.experiments.faults.quick import QuickSpec

    with cluster(tmp_path, n_workers=1, path=str(tmp_path)) as (about, tls):
        async with make_engine(scheduler=await address_in(about), **tls) as remote:
            job = remote.submit(QuickSpec())
            async with asyncio.timeout(30):
                while not remote.state.sentence:
                    await asyncio.sleep(0.05)
            assert "the engines' code" in remote.state.sentence
            assert remote.state.n_workers == 0
            assert not job.state.status.final


async def test_a_worker_that_comes_while_the_page_is_busy_is_seen(make_engine, tmp_path):
    """Who asks which workers there are, and only then is heard to listen, misses it."""
    with cluster(tmp_path, n_workers=1) as (about, tls):
        async with make_engine(scheduler=await address_in(about), **tls) as remote:
            time.sleep(2)  # nothing is sent meanwhile, and the worker comes
            await workers(remote, 1)


async def test_a_scheduler_that_tells_nothing_is_a_sentence(make_engine, tmp_path, monkeypatch):
    async def unheard(*_args):
        return None

    monkeypatch.setattr(Client, "log_event", unheard)
    with cluster(tmp_path, n_workers=0) as (about, tls):
        engine = make_engine(scheduler=await address_in(about), connect_s=1.0, **tls)
        async with engine:
            assert engine.state.phase is EnginePhase.LOST
            assert "tells nothing of its workers" in engine.state.sentence


async def test_a_cluster_that_does_not_answer_is_a_sentence(make_engine, tmp_path):
    security = Security.temporary()
    for name in ("ca", "cert", "key"):
        text = security.tls_ca_file if name == "ca" else getattr(security, f"tls_client_{name}")
        (tmp_path / f"{name}.pem").write_text(text)
    tls = {f"tls_{name}": str(tmp_path / f"{name}.pem") for name in ("ca", "cert", "key")}
    engine = make_engine(scheduler="tls://127.0.0.1:9", connect_s=1.0, **tls)
    async with engine:
        assert engine.state.phase is EnginePhase.LOST
        assert "no cluster answers at tls://127.0.0.1:9" in engine.state.sentence
