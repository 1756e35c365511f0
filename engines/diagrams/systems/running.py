"""The run: boxes wired at one level, and beside them what they are held against."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

import numpy as np
from scipy.integrate import DOP853, LSODA, OdeSolver

from engines.contract import InputError
from engines.diagrams.systems.asked import N_TIMES, SystemsSpec
from engines.diagrams.systems.boxes import (
    System,
    flat,
    nested_slopes,
    slopes,
    start_of,
    state_names,
)
from engines.diagrams.systems.chances import forgetful, is_associative, keeps_units
from engines.diagrams.systems.laying import laid
from engines.diagrams.systems.library import HARES
from engines.diagrams.systems.results import SystemsFrame, SystemsResult, until
from engines.diagrams.systems.text import plan_from_text
from engines.diagrams.systems.wirings import substituted
from engines.lab.data.task import rng_of

Slopes = Callable[[np.ndarray], np.ndarray]
_BOUND = 1e9
_STEPS_MAX, _FRAMES, _FRAME_S = 10_000, 60, 0.04
"""Steps of a run, frames of its film, and seconds after which a frame is due."""
_OFF = 1e-6
"""By what share the rate of the control differs."""
_WIRINGS = 70
"""Place of the draws."""


def frames_of(spec: SystemsSpec) -> Iterator[SystemsFrame | SystemsResult]:
    """A frame at least ten times a second, the result last."""
    plan = plan_from_text(spec.text)
    system, wires = laid(plan, spec.cut)
    times, names = np.linspace(0.0, spec.duration, N_TIMES), state_names(system)
    states = np.full((len(names), N_TIMES), np.nan)
    frame = SystemsFrame(times, names, states)
    yield frame
    for _, done in running(_flat_slopes(system), start_of(system), times, states):
        part = until(states, done)
        frame = SystemsFrame(times, names, part, fraction=0.5 * done / N_TIMES)
        yield frame
    others: dict[str, np.ndarray] = {}
    left = [one.key for one in wires if not one.cut]
    less = laid(plan, (*spec.cut, *left[:1]))[0]
    runs = {"nested": lambda z: nested_slopes(system, z), "whole": _flat_slopes(laid(plan)[0]),
            "less": _flat_slopes(less)}  # fmt: skip
    if spec.text == HARES and not spec.cut:
        runs |= {"one": _one_box(1.1), "near": _one_box(1.1 * (1.0 + _OFF))}
    for name in ("nested", "whole", "less", "one", "near"):
        others[name] = np.full_like(states, np.nan)
        solver = (LSODA, 1e-13) if name in ("one", "near") else (DOP853, 1e-12)
        if name in runs:
            yield from _beside(runs[name], start_of(system), times, others[name], frame, *solver)
    lawful = yield from _counted(spec, frame)
    finite = np.isfinite(states).all(0)
    yield SystemsResult(
        spec, times, names, states, others["whole"], _n_systems(system),
        _apart(states, others["nested"]), _apart(states, others["one"]),
        _apart(states, others["near"]), _apart(states, others["less"]) if left else np.nan, *lawful,
        np.inf if finite.all() else float(times[finite.argmin()]),
    )  # fmt: skip


def running(
    of: Slopes, start: np.ndarray, times: np.ndarray, states: np.ndarray,
    solver: Callable[..., OdeSolver] = DOP853, tolerance: float = 1e-12,
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """Fill ``states`` [state, time] while it runs; yields steps and moments done.

    What leaves all bounds, or has no slope, stays nan from there on.

    Raises:
        InputError: it needs more than 10,000 steps, as stiff equations do.
    """
    safe, due = _safe(of), _Due()
    states[:, 0], done, step = start, 1, 0
    if not np.isfinite(safe(0.0, start)).all():
        return
    made = solver(safe, 0.0, start, times[-1], rtol=tolerance, atol=tolerance)
    while _moved(made):
        step += 1
        reached = int(np.searchsorted(times, made.t, side="right"))
        if reached > done:
            states[:, done:reached] = made.dense_output()(times[done:reached])
        marks = reached * _FRAMES // len(times) > done * _FRAMES // len(times)
        done = reached
        if due() or marks:
            yield step, done
        if step == _STEPS_MAX:
            raise InputError(
                f"too many steps ({_STEPS_MAX:,} came to time {made.t:.3g} of {times[-1]:g}): "
                "shorten the duration, or the equations are stiff"
            )


def _beside(
    of: Slopes, start: np.ndarray, times: np.ndarray, states: np.ndarray, frame: SystemsFrame,
    solver: Callable[..., OdeSolver], tolerance: float,
) -> Iterator[SystemsFrame]:  # fmt: skip
    """What a run is held against; all nan where that needs too many steps: the run goes on."""
    try:
        for _ in running(of, start, times, states, solver, tolerance):
            yield frame
    except InputError:
        states[:] = np.nan


class _Due:
    """Whether a frame is due, by the clock."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self.last < _FRAME_S:
            return False
        self.last = now
        return True


def _safe(of: Slopes) -> Callable[[float, np.ndarray], np.ndarray]:
    """Slopes as a solver wants them; nan where there are none."""

    def found(_time: float, at: np.ndarray) -> np.ndarray:
        try:
            return of(at)
        except (OverflowError, ZeroDivisionError, ValueError, TypeError):
            # TypeError: a root of something negative became complex.
            return np.full_like(at, np.nan)

    return found


def _moved(made: OdeSolver) -> bool:
    """One step on; false at the end, and where states have left all bounds."""
    if made.status != "running":
        return False
    with np.errstate(all="ignore"):
        made.step()
    return made.status != "failed" and bool((np.abs(made.y) < _BOUND).all())


def _flat_slopes(system: System) -> Slopes:
    wiring, boxes = flat(system)
    return lambda at: slopes(wiring, boxes, at)


def _one_box(rate: float) -> Slopes:
    """Lotka and Volterra's equations as anybody writes them."""
    return lambda at: np.array([rate * at[0] - 0.4 * at[0] * at[1],
                                0.1 * at[0] * at[1] - 0.4 * at[1]])  # fmt: skip


def _n_systems(system: System) -> int:
    inner = [part for _, part in system.parts if isinstance(part, System)]
    return len(inner) + sum(map(_n_systems, inner))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """Largest distance where both are numbers; nan where that is nowhere but at the start."""
    both = np.isfinite(one) & np.isfinite(other)
    return float(np.abs(one - other)[both].max()) if both[:, 1:].any() else np.nan


def _counted(
    spec: SystemsSpec, frame: SystemsFrame
) -> Generator[SystemsFrame, None, tuple[int, int]]:
    """How many random wirings keep the laws, with our substitution and a forgetful one."""
    found, due = [], _Due()
    for put in (substituted, forgetful):
        rng, kept = rng_of(spec.seed, _WIRINGS), 0
        for _ in range(spec.n_wirings):
            kept += is_associative(rng, put) and keeps_units(rng, put)
            if due():
                yield frame
        found.append(kept)
    return found[0], found[1]
