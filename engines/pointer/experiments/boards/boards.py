"""A network learns 4 x 4 boards while one watches: propagating, beside a network that does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtLeast, AtMost, Exceeds
from engines.lab.statistics import paired, rate
from engines.pointer.boards.asked import GIVENS, BoardsSpec
from engines.pointer.boards.results import Boards, LearningFrame

_PAPER = "Palm, Paquet & Winther 2018, Recurrent relational networks, section 3.2"
_BOARDS = "boards"


def frames(spec: BoardsSpec) -> Iterator[LearningFrame | Boards]:
    """The board on stage as it is answered while the network learns; tests and controls last."""
    from engines.pointer.boards.running import learning_frames

    yield from learning_frames(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Counts of grids, a printed puzzle, laws of the network."""
    from engines.pointer.answers.boards import board_answers

    return board_answers()


def _solved(run: Boards, steps: int) -> np.ndarray:
    """Over all givens: bool[board]."""
    return run.solved[:, min(steps, run.solved.shape[1]) - 1].ravel()


def _share(run: Boards, steps: int, of: str) -> Estimate:
    solved = _solved(run, steps)
    return rate(int(solved.sum()), len(solved), of=of, unit=_BOARDS)


def _least(run: Boards, steps: int) -> Estimate:
    """The number of givens of which the fewest boards are solved."""
    solved = run.solved[:, steps - 1]
    worst = int(np.argmin(solved.mean(axis=1)))
    of = f"solved after {steps} steps, {GIVENS[worst]} givens, the least of five"
    return rate(int(solved[worst].sum()), solved.shape[1], of=of, unit=_BOARDS)


def _more(run: Boards, one: int, other: int) -> Estimate:
    """Solved after ``one`` step count less after the other, board by board."""
    apart = paired(_solved(run, other), _solved(run, one), run.spec.seed)
    return apart.estimate(f"solved after {one} steps less after {other}", _BOARDS)


def _closest(run: Boards) -> int:
    """The number of givens at which the plain network comes closest."""
    ahead = run.solved[:, run.n_trained_steps - 1].mean(axis=1) - run.plain_solved.mean(axis=1)
    return int(np.argmin(ahead))


def _network_there(run: Boards) -> Estimate | None:
    if not run.plain_solved.size:
        return None
    k = _closest(run)
    solved = run.solved[k, run.n_trained_steps - 1]
    of = f"solved by the network, {GIVENS[k]} givens"
    return rate(int(solved.sum()), len(solved), of=of, unit=_BOARDS)


def _plain_there(run: Boards) -> Estimate | None:
    if not run.plain_solved.size:
        return None
    k = _closest(run)
    solved = run.plain_solved[k]
    of = f"solved by the plain network, {GIVENS[k]} givens"
    return rate(int(solved.sum()), len(solved), of=of, unit=_BOARDS)


def _ahead(run: Boards) -> Estimate | None:
    if not run.plain_solved.size:
        return None
    k = _closest(run)
    solved = run.solved[k, run.n_trained_steps - 1]
    return paired(run.plain_solved[k], solved, run.spec.seed).estimate(
        "network less plain network, the least of five", _BOARDS
    )


def _relabelled(run: Boards) -> Estimate:
    changed = run.relabelled[run.n_trained_steps - 1]
    return rate(int(changed.sum()), len(changed), of="answers changed by other names", unit=_BOARDS)


def _wrong(run: Boards) -> Estimate:
    wrong = ~_solved(run, run.n_trained_steps)
    return rate(int(wrong.sum()), len(wrong), of="boards not solved", unit=_BOARDS)


def _swapped(run: Boards) -> Estimate | None:
    """Of all steps and boards; absolute positions are not claimed to keep it."""
    if run.spec.positions == "absolute":
        return None
    return Estimate.exact("answers changed by swapped rows", float(run.swapped.sum()), "count")


def _singles(run: Boards) -> Estimate:
    n = run.by_singles.size
    told = f"share of all {n:,} boards drawn"
    return Estimate.exact("boards that naked singles solve", run.by_singles.mean(), told)


CLAIMS = (
    Claim(
        "After as many steps as in training at least 98 % of new boards are solved, however few "
        "givens there are.",
        figure=lambda run: _least(run, run.n_trained_steps),
        control=lambda run: replace(_least(run, 1), of="the same after one step"),
        holds_when=AtLeast(0.98),
        source=f"{_PAPER}, on 9 x 9 boards: 96.6 % of 17 givens; 98 % is our floor",
    ),
    Claim(
        "Each step brings more: after 8 steps more boards are solved than after 2, by more than "
        "10 points.",
        figure=lambda run: _share(run, run.n_trained_steps, "solved, steps of training"),
        control=lambda run: _share(run, 2, "solved after 2 steps"),
        holds_when=Exceeds(by=0.1),
        difference=lambda run: _more(run, run.n_trained_steps, 2),
        source=f"{_PAPER}, figure 3; 10 points are our floor",
    ),
    Claim(
        "It stays: after twice as many steps as in training as many boards are solved.",
        figure=lambda run: _share(run, 2 * run.n_trained_steps, "solved, twice the steps"),
        control=lambda run: _share(run, run.n_trained_steps, "solved, steps of training"),
        holds_when=Alike(within=0.02),
        difference=lambda run: _more(run, 2 * run.n_trained_steps, run.n_trained_steps),
        source=f"{_PAPER}: trained with 32 steps, tested with 64",
    ),
    Claim(
        "A plain network that sees the whole board at once solves at least 30 points fewer, for "
        "every number of givens.",
        figure=_network_there,
        control=_plain_there,
        holds_when=Exceeds(by=0.3),
        difference=_ahead,
        source=f"{_PAPER}, table 2, where a plain network solves none; 30 points are our floor",
    ),
    Claim(
        "Other names for the digits change an answer no more often than the network errs.",
        figure=_relabelled,
        control=_wrong,
        holds_when=Alike(within=0.02),
        source="our claim: names are learnt, not built in",
    ),
    Claim(
        "With relative positions swapped rows swap the answer, after every step.",
        figure=_swapped,
        control=lambda _run: None,
        holds_when=AtMost(0.0),
        source="by construction: peers are a set, and what they share does not change",
    ),
    Claim(
        "4 x 4 boards need no search: naked singles solve every one, so the network propagates "
        "and need not reason.",
        figure=_singles,
        control=lambda _run: None,
        holds_when=AtLeast(1.0),
        source="our count",
    ),
)

EXPERIMENT = Experiment(
    spec=BoardsSpec,
    frames=frames,
    card=Card(
        title="Boards that cells solve among themselves",
        claim="Every cell of a Sudoku tells its row, column and box what it believes, step after "
        "step. One rule for all cells, learnt in seconds, solves boards it has never seen, while a "
        "network that sees the whole board at once does not.",
        paper="Palm, Paquet & Winther 2018, Recurrent relational networks",
        link="https://arxiv.org/abs/1711.08028",
        related=("pointer/singles", "pointer/play"),
    ),
    presets={
        "Four givens": BoardsSpec(),
        "Six givens": BoardsSpec(n_givens=6),
        "Two steps in training": BoardsSpec(n_steps=2),
        "Told rows and columns": BoardsSpec(positions="absolute"),
        "Fifty updates": BoardsSpec(n_updates=50),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 6e-5 * spec.n_updates * spec.batch * spec.n_steps + 0.002 * spec.n_plain,
    order=60,
)
