"""Pictures of boards: solved shares by step, laws, losses, and tables."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import wilson
from engines.pointer.boards.asked import GIVENS
from engines.pointer.boards.tracing import Trace

NEEDS = ("naked singles", "hidden singles", "search")
_STEP, _SHARE = Axis("step"), Axis("boards solved", "%")
_SHOWN_GIVENS = (4, 6, 8)
_SMOOTH = 20
"""Updates that a shown loss is the mean of."""


class Learnt(Protocol):
    """A network that was trained, on boards it has not seen."""

    @property
    def n_trained_steps(self) -> int:
        """Steps in training."""
        ...

    @property
    def solved(self) -> np.ndarray:
        """bool[givens, step, board]."""
        ...

    @property
    def plain_solved(self) -> np.ndarray:
        """bool[givens, board]."""
        ...

    @property
    def by_singles(self) -> np.ndarray:
        """bool[givens, board]."""
        ...

    @property
    def relabelled(self) -> np.ndarray:
        """bool[step, board]."""
        ...

    @property
    def swapped(self) -> np.ndarray:
        """bool[step, board]."""
        ...

    @property
    def turned(self) -> np.ndarray:
        """bool[step, board]."""
        ...

    @property
    def n_parameters(self) -> tuple[int, int]:
        """Of the network and of the control."""
        ...


class One(Protocol):
    """One board and what is known of it."""

    @property
    def trace(self) -> Trace:
        """Its steps."""
        ...

    @property
    def faults(self) -> tuple[str, ...]:
        """What contradicts."""
        ...

    @property
    def n_answers(self) -> int:
        """Counted up to ``limit``."""
        ...

    @property
    def limit(self) -> int:
        """Where counting ends."""
        ...

    @property
    def need(self) -> str:
        """What solves it."""
        ...

    @property
    def verdict(self) -> str:
        """What the network's board is."""
        ...


class Needing(Protocol):
    """Boards by what they need."""

    @property
    def need(self) -> np.ndarray:
        """int64[board], an index into NEEDS."""
        ...

    @property
    def n_givens(self) -> np.ndarray:
        """int64[board]."""
        ...

    @property
    def solved(self) -> np.ndarray:
        """bool[step, board]."""
        ...


def losses(network: np.ndarray, plain: np.ndarray) -> Picture:
    """Losses by the share of training that is done, since both trainings differ in length."""
    done = np.linspace(0, 100, 101)
    lines = {"relational network": _smoothed(network, done)}
    if len(plain):
        lines["plain network (control)"] = _smoothed(plain, done)
    return Curves(
        "Loss while it learns", done, lines, Axis("of its updates", "%"), Axis("loss", "nats")
    )


def _smoothed(values: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Means of a few updates, at places on the way; nan for what has not come."""
    shown = np.full(len(done), np.nan)
    known = np.isfinite(values)
    if not known.any():
        return shown
    for k, share in enumerate(done):
        end = max(1, round(share / 100 * len(values)))
        part = values[max(0, end - _SMOOTH) : end]
        if known[end - 1]:
            shown[k] = part.mean()
    return shown


def shares(solved: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per cent of the last axis that is true, with its Wilson interval."""
    n_true, n = solved.sum(axis=-1), solved.shape[-1]
    ends = np.array([wilson(float(k), n) for k in np.ravel(n_true)]).reshape(*np.shape(n_true), 2)
    value = 100 * n_true / n if n else np.full(np.shape(n_true), np.nan)
    return value, 100 * ends[..., 0], 100 * ends[..., 1]


def solved_by_step(run: Learnt) -> Picture:
    """How many boards are solved after each step, by givens; the control knows no steps."""
    step = np.arange(1, run.solved.shape[1] + 1)
    lines, bands = {}, {}
    for n in _SHOWN_GIVENS:
        name = f"{n} givens"
        lines[name], *ends = shares(run.solved[GIVENS.index(n)])
        bands[name] = (ends[0], ends[1])
    for n in _SHOWN_GIVENS if run.plain_solved.size else ():
        value = shares(run.plain_solved[GIVENS.index(n)])[0]
        lines[f"plain, {n} givens"] = np.full(len(step), float(value))
    n_boards = run.solved.shape[2]
    return Curves(
        f"Boards solved after each step (trained for {run.n_trained_steps}; "
        f"{n_boards} new boards each, 95 %)",
        step, lines, _STEP, _SHARE, bands,
    )  # fmt: skip


def changed_answers(run: Learnt) -> Picture:
    """How often what should not matter changes an answer."""
    step = np.arange(1, len(run.relabelled) + 1)
    lines, bands = {}, {}
    for name, changed in (
        ("digits relabelled", run.relabelled),
        ("rows swapped in their bands", run.swapped),
        ("board turned over", run.turned),
    ):
        lines[name], low, high = shares(changed)
        bands[name] = (low, high)
    n_boards = run.relabelled.shape[1]
    return Curves(
        f"Answers that change with what should not matter ({n_boards:,} boards)",
        step, lines, _STEP, Axis("answers changed", "%"), bands,
    )  # fmt: skip


def learnt_table(run: Learnt) -> Picture:
    """Every number of givens in a row."""
    last, twice = run.n_trained_steps, run.solved.shape[1]
    columns: dict[str, np.ndarray | tuple[str, ...]] = {"givens asked": np.array(GIVENS)}
    for steps in dict.fromkeys((1, 2, 4, last, twice)):
        if steps <= twice:
            columns[f"{steps} steps, %"] = shares(run.solved[:, steps - 1])[0]
    columns["naked singles, %"] = shares(run.by_singles)[0]
    if run.plain_solved.size:
        columns["plain network, %"] = shares(run.plain_solved)[0]
    sizes = f"{run.n_parameters[0]:,} parameters, plain {run.n_parameters[1]:,}"
    return Table(f"Boards solved, of {run.solved.shape[2]} each ({sizes})", columns)


def sureness(trace: Trace) -> Picture:
    """How sure the cells are after every step, and how many are right."""
    step = np.arange(trace.n_steps + 1)
    open_cells = trace.givens == 0
    n_open = max(int(open_cells.sum()), 1)
    sure = trace.belief.max(axis=2)[:, open_cells]
    mean = sure.mean(axis=1) if open_cells.any() else np.ones(len(step))
    lines = {"mean belief in the likeliest digit": 100 * mean}
    if trace.answer.any():
        right = (trace.digits() == trace.answer)[:, open_cells].sum(axis=1) / n_open
        lines["blanks that are right"] = 100 * np.where(step == 0, 0.0, right)
    return Curves("How sure it is", step, lines, _STEP, Axis("blank cells", "%"))


def known_of(run: One) -> Picture:
    """What is known of one board, a row each."""
    rows = [("givens", str(int((run.trace.givens > 0).sum())))]
    rows += [("not allowed", fault) for fault in run.faults]
    more = " or more" if run.n_answers == run.limit else ""
    rows.append(("answers, counted", f"{run.n_answers:,}{more}"))
    if run.need:
        rows.append(("needs", run.need))
    rows.append(("the network's board", run.verdict))
    names, values = zip(*rows, strict=True)
    return Table("This board", {"what": names, "is": values})


def solved_by_need(run: Needing) -> Picture:
    """Solved boards by step, for boards that need more and more."""
    step = np.arange(1, len(run.solved) + 1)
    lines, bands = {}, {}
    for k, name in enumerate(NEEDS):
        of_these = run.solved[:, run.need == k]
        line = f"{name} (n = {of_these.shape[1]:,})"
        lines[line], low, high = shares(of_these)
        bands[line] = (low, high)
    title = "Solved by the network, by need (95 %)"
    return Curves(title, step, lines, _STEP, _SHARE, bands)


def against_singles(run: Needing) -> Picture:
    """The same boards: naked singles, hidden ones too, the network, and exact search."""
    solved = np.stack([run.need == 0, run.need <= 1, run.solved[-1], np.ones_like(run.solved[-1])])
    value, low, high = shares(solved)
    names = ("naked", "hidden too", "network", "search")
    axis = Axis("", ticks=tuple((float(k), name) for k, name in enumerate(names)))
    title = f"Singles, network, search: the same {len(run.need):,} boards (95 %)"
    return Bars(title, value, axis, _SHARE, whiskers=(low, high))


def needs_table(run: Needing, n_trained_steps: int, trained: str) -> Picture:
    """By number of givens: how many need search, how many the network solves."""
    counts = np.unique(run.n_givens)
    last, usual = len(run.solved), min(n_trained_steps, len(run.solved))
    picked = [run.n_givens == n for n in counts]
    columns: dict[str, np.ndarray | tuple[str, ...]] = {
        "givens": counts,
        "boards": np.array([p.sum() for p in picked]),
        "need search, %": np.array([100 * (run.need[p] == 2).mean() for p in picked]),
    }
    for steps in dict.fromkeys((1, 4, usual, last)):
        values = [100 * run.solved[steps - 1, p].mean() for p in picked]
        columns[f"{steps} steps, %"] = np.array(values)
    return Table(f"By number of givens; {trained}", columns)
