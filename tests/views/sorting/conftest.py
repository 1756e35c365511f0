"""Runs, readers and a view with an engine that several tests share."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engines.running.compute import InProcess
from engines.sorting import AlgotypeShare, SortSpec, Trajectory, simulate
from views.sorting.run import SortingView

MIXED = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection"))


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
def read() -> Callable[[bytes], dict[str, Any]]:
    return read_payload


@pytest.fixture(scope="session")
def spec() -> SortSpec:
    """Twenty-four cells of two kinds, two of them broken."""
    return SortSpec(n_cells=24, algotypes=MIXED, n_frozen=2, frozen_kind="movable", seed=5)


@pytest.fixture(scope="session")
def trajectory(spec: SortSpec) -> Trajectory:
    return simulate(spec)


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
        return [job.spec for job in self.jobs if isinstance(job.spec, kind)]


@pytest.fixture(scope="session")
def bubble() -> SortSpec:
    """What `view` opens with."""
    return SortSpec(n_cells=20, algotypes="bubble", seed=3)


@pytest.fixture
def compute() -> Watched:
    return Watched()


@pytest.fixture
def view(compute, bubble) -> SortingView:
    return SortingView("sorting/run", compute, owner="me", spec=bubble)


@pytest.fixture
async def done(view, compute) -> SortingView:
    """A view whose first run has ended."""
    view.run()
    await compute.settle()
    return view
