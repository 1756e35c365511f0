"""Which engine computes an ensemble: numba on the cores or torch on the device, by the clock.

Both give the same bytes, so the choice is one of cost alone and is made by measuring it here.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from engines.contract import SpecError
from engines.running import devices
from engines.sorting.ensembles.results import EnsembleSpec
from engines.sorting.motion.simulate import estimated_seconds
from engines.sorting.settings.spec import SortSpec

if TYPE_CHECKING:
    from engines.sorting.batched.batch import SynchronousBatch

TRIAL_S = 3.0
"""Ensembles that numba ends sooner are not worth a trial: loading torch takes about as long."""

TRIAL_RUNS, TRIAL_STEPS = 8, 2
"""Runs that numba is timed on, for every thread; and how many steps of torch's batch are timed."""


@dataclass(frozen=True)
class Costs:
    """Seconds per run, both measured in this process."""

    numba_s: float
    torch_s: float

    @property
    def cheaper(self) -> Literal["numba", "torch"]:
        """The faster one; numba when both are equal."""
        return "torch" if self.torch_s < self.numba_s else "numba"


def chosen_engine(spec: EnsembleSpec) -> Literal["numba", "torch"]:
    """The engine that is asked for, or the cheaper one.

    Raises:
        SpecError: torch is asked for a run that only numba computes.
    """
    run, only_numba = spec.run, _why_only_numba(spec.run)
    if spec.engine == "torch" and only_numba:
        raise SpecError(
            f"the torch engine computes synchronous cells without faults, and this run is "
            f"{only_numba}; choose the scheduler 'synchronous' and no faults, or the engine 'auto'"
        )
    if spec.engine != "auto" or only_numba:
        return "torch" if spec.engine == "torch" else "numba"
    if estimated_seconds(run) * spec.n_runs < TRIAL_S:
        return "numba"
    return costs(run.replace(seed=0), devices.current(), spec.n_runs.bit_length()).cheaper


def _why_only_numba(run: SortSpec) -> str:
    if run.control == "traditional":
        return run.control
    if run.scheduler != "synchronous":
        return run.scheduler
    return "one with faults or a switch" if run.is_faulty or run.switch_at else ""


def numba_cost(run: SortSpec) -> tuple[float, float]:
    """Seconds per run on all threads, and mean rounds of a run; measured once per process."""
    return _numba_cost(run.to_json())


@lru_cache(maxsize=32)
def _numba_cost(text: str) -> tuple[float, float]:
    import numba

    from engines.sorting.ensembles.single_run import Scratch, sorted_run
    from engines.sorting.kernels import state

    run, n_threads = SortSpec.from_json(text), numba.get_num_threads()
    specs = [run.replace(seed=seed) for seed in range(TRIAL_RUNS * n_threads)]
    sorted_run(run.replace(max_activations=run.n_cells), Scratch())  # compiles, or loads
    with ThreadPoolExecutor(n_threads) as threads:
        started = time.perf_counter()
        ended = list(threads.map(lambda spec: sorted_run(spec, Scratch()).numbers, specs))
        taken = time.perf_counter() - started
    n_activations = sum(int(numbers[state.ACTIVATIONS]) for numbers in ended)
    return taken / len(specs), n_activations / len(specs) / max(run.n_cells, 1)


def costs(run: SortSpec, device: str, size_bits: int = 20) -> Costs:
    """What a run costs in either engine, in batches for ensembles of up to 2**size_bits runs.

    Torch is timed on the first rounds of a whole batch, start included, and charged for the
    rounds that numba's runs took on average, since a batch shrinks as its runs end. Measured once
    per process.
    """
    return _costs(run.to_json(), device, size_bits)


@lru_cache(maxsize=32)
def _costs(text: str, device: str, size_bits: int) -> Costs:
    from engines.sorting.batched.batch import SynchronousBatch, batch_runs, unstarted

    run = SortSpec.from_json(text)
    numba_s, n_rounds = numba_cost(run)
    n_runs = min(batch_runs(run.n_cells, device), 2**size_bits)
    few = SynchronousBatch([unstarted(run)], device)
    _rounds_s(few)  # what happens once per process is not counted
    started = time.perf_counter()
    specs = [run.replace(seed=seed) for seed in range(n_runs)]
    batch = SynchronousBatch([unstarted(spec) for spec in specs], device)
    start_s = time.perf_counter() - started
    return Costs(numba_s, (start_s + _rounds_s(batch) * n_rounds) / n_runs)


def _rounds_s(batch: SynchronousBatch) -> float:
    """Seconds per round of a batch."""
    started = time.perf_counter()
    n_rounds = sum(batch.some_rounds() for _ in range(TRIAL_STEPS) if len(batch.rows["id"]))
    batch.code.cpu()  # waits for the device
    return (time.perf_counter() - started) / max(1, n_rounds)
