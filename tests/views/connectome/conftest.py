"""Views of the connectome workbench with an engine in this process."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

import numpy as np
import pytest

from engines.connectome.model import MeasuresSpec
from engines.running.compute import InProcess
from views.connectome.explore import ExploreView


def read_payload(data: bytes) -> dict[str, Any]:
    """A payload as the browser reads it: u32 length, JSON, and views into the one buffer."""
    (length,) = struct.unpack_from("<I", data)
    head = json.loads(data[8 : 8 + length])
    arrays = {
        row["name"]: np.frombuffer(data, row["dtype"], row["size"], row["offset"])
        for row in head["arrays"]
    }
    return {**head["meta"], **arrays}


@pytest.fixture(scope="session")
def read():
    return read_payload


class Watched(InProcess):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list = []

    def submit(self, spec, **who):
        self.jobs.append(super().submit(spec, **who))
        return self.jobs[-1]

    async def settle(self) -> None:
        """Until everything that was asked for has ended."""
        while any(not job.state.status.final for job in self.jobs):
            await asyncio.sleep(0)

    def asked(self, kind: type) -> list:
        return [job.spec for job in self.jobs if type(job.spec) is kind]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Imported connectomes and layouts of this test alone."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def compute() -> Watched:
    return Watched()


@pytest.fixture
async def worm(compute) -> ExploreView:
    """The main view on the worm, pictures and eight nulls there."""
    spec = MeasuresSpec(n_nulls=8)
    view = ExploreView("connectome/explore", compute, owner="me", spec=spec)
    view.restore_run()
    await compute.settle()
    return view
