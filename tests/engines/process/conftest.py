"""One engine for many tests, the misbehaving experiments, and nothing left behind."""

import importlib.util
from pathlib import Path

import pytest
import pytest_asyncio

collect_ignore = ["probes"]

spec = importlib.util.spec_from_file_location("probing", Path(__file__).with_name("probing.py"))
probing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(probing)


@pytest.fixture(scope="module")
def probes():
    with probing.probes():
        yield


@pytest.fixture(scope="module")
def make_engine(probes, tmp_path_factory):
    """An engine that keeps its results in a folder of its own."""
    from engines.process.client import EngineProcess
    from engines.process.settings import EngineSettings

    def make(**options):
        options.setdefault("cache_dir", tmp_path_factory.mktemp("cache"))
        return EngineProcess(EngineSettings(warm=False, **options))

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(make_engine):
    async with make_engine() as engine:
        yield engine
