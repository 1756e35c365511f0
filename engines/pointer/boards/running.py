"""The runs: learning while one watches, one board, and many that singles do not solve."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.pointer.boards.asked import GIVENS, BoardsSpec, PlaySpec, SinglesSpec
from engines.pointer.boards.laws import RELABELLED, SWAPPED, TURNED, disagreements
from engines.pointer.boards.learning import (
    FOUR,
    Learner,
    boards_of,
    learnt,
    plain,
    relational,
    split,
)
from engines.pointer.boards.making import held_out, puzzles, random_grids
from engines.pointer.boards.network import RelationalNet, read
from engines.pointer.boards.pictures import NEEDS
from engines.pointer.boards.results import (
    Boards,
    LearningFrame,
    Play,
    Singles,
    SinglesFrame,
)
from engines.pointer.boards.shape import SHAPES, Shape
from engines.pointer.boards.solving import SEARCH, answers, contradictions, needs
from engines.pointer.boards.tracing import Trace, trace
from engines.pointer.boards.weights import bundled
from engines.pointer.boards.written import board_from_text

ANSWERS_MAX = 1_000
"""Answers are counted so far."""
_TEST = 9_000_000
"""Seeds of test boards, apart from those of training."""
_EVERY, _TRACED = 2, 10
"""Updates from one frame to the next, and from one answer of the board on stage to the next."""
_CHUNK = 25
"""Boards answered between two frames."""


def learning_frames(spec: BoardsSpec) -> Iterator[LearningFrame | Boards]:
    """Every few updates the board on stage as it is answered now; tests and controls at last."""
    shape, parts = SHAPES[FOUR], split(spec.seed)
    net = relational(spec.d_hidden, spec.positions, spec.seed)
    drawn, grids = boards_of(shape, parts.held_out, 1, spec.n_givens, spec.seed)
    losses = np.full(spec.n_updates, np.nan)
    plain_losses = np.full(spec.n_plain, np.nan)
    n_shown = 2 * spec.n_steps
    learner = Learner(net, spec.n_updates, spec.learning_rate)
    course = learnt(learner, parts.learnt, spec.batch, spec.n_steps, spec.seed)
    seen = trace(net, drawn[0], grids[0], n_shown)
    for k, loss in enumerate(course):
        losses[k] = loss
        if k % _TRACED == 0:
            seen = trace(net, drawn[0], grids[0], n_shown)
        if k % _EVERY == 0:
            share = 0.75 * k / spec.n_updates
            yield LearningFrame(seen, losses.copy(), plain_losses.copy(), fraction=share)
    seen = trace(net, drawn[0], grids[0], n_shown)
    control = Learner(plain(spec.seed), max(spec.n_plain, 1), 1e-3)
    course = learnt(control, parts.learnt, spec.batch, 1, spec.seed) if spec.n_plain else ()
    for k, loss in enumerate(course):
        plain_losses[k] = loss
        if k % 40 == 0:
            share = 0.75 + 0.15 * k / spec.n_plain
            yield LearningFrame(seen, losses, plain_losses.copy(), fraction=share)
    tested = []
    for k, n in enumerate(GIVENS):
        boards, grids = boards_of(shape, parts.held_out, spec.n_tested, n, spec.seed + _TEST)
        tested.append((boards, grids))
        yield LearningFrame(seen, losses, plain_losses, fraction=0.9 + 0.02 * k)
    yield _learnt(spec, seen, losses, plain_losses, net, control, tested)


def _learnt(
    spec: BoardsSpec, seen: Trace, losses: np.ndarray, plain_losses: np.ndarray,
    net: RelationalNet, control: Learner, tested: list[tuple[np.ndarray, np.ndarray]],
) -> Boards:  # fmt: skip
    shape, twice = SHAPES[FOUR], 2 * spec.n_steps
    solved = [(read(net, boards, twice) == grids).all(axis=2) for boards, grids in tested]
    beside = [
        (read(control.net, boards, 1)[0] == grids).all(axis=1)
        for boards, grids in (tested if spec.n_plain else ())
    ]
    singles = [needs(shape, boards) == 0 for boards, _ in tested]
    every = np.concatenate([boards for boards, _ in tested])
    changed = disagreements(net, every, twice, spec.seed)
    n_plain = sum(p.numel() for p in control.net.parameters())
    return Boards(
        spec, seen, losses, plain_losses, np.array(solved),
        np.array(beside) if beside else np.zeros((len(GIVENS), 0), bool), np.array(singles),
        changed[RELABELLED], changed[SWAPPED], changed[TURNED],
        (sum(p.numel() for p in net.parameters()), n_plain),
    )  # fmt: skip


def play_frames(spec: PlaySpec) -> Iterator[Play]:
    """One board, answered; what is wrong with it is told."""
    shape = SHAPES[spec.shape]
    if spec.board.strip():
        givens = board_from_text(shape, spec.board)
    else:
        grid = test_grids(shape, 1, spec.seed)
        givens = puzzles(shape, grid, spec.n_givens, spec.seed)[0]
    faults = contradictions(shape, givens)
    n_answers, answer = answers(shape, givens, ANSWERS_MAX)
    only = answer if n_answers == 1 else np.zeros_like(answer)
    seen = trace(bundled(spec.shape).net, givens, only, spec.n_steps)
    found = seen.digits()[-1]
    valid = not contradictions(shape, found) and bool(
        (found[givens > 0] == givens[givens > 0]).all()
    )
    yield Play(
        spec, seen, n_answers, ANSWERS_MAX,
        NEEDS[int(needs(shape, givens[None])[0])] if n_answers == 1 else "",
        tuple(_in_words(shape, *fault) for fault in faults),
        np.unique([cell for fault in faults for cell in fault[3:]]).astype(np.int64),
        _verdict(n_answers, bool(faults), valid), valid,
    )  # fmt: skip


def _in_words(shape: Shape, kind: str, number: int, digit: int, one: int, other: int) -> str:
    where = f"{shape.name_of(one)} and {shape.name_of(other)}"
    return f"{kind} {number} holds {digit} twice: {where}"


def _verdict(n_answers: int, contradicts: bool, valid: bool) -> str:
    if contradicts:
        return "no answer is possible: givens contradict each other"
    if n_answers == 0:
        return "there is no answer; it names digits all the same"
    if n_answers == 1:
        return "right" if valid else "wrong"
    return "one of the answers" if valid else "none of the answers: a rule is broken"


def test_grids(shape: Shape, n: int, seed: int) -> np.ndarray:
    """Grids that no training saw, by the classes that were held out: int8[grid, cell]."""
    if shape.n == 4:
        grids = split(0).held_out
        pick = np.random.Generator(np.random.Philox(seed)).integers(0, len(grids), n)
        return grids[pick]
    found: list[np.ndarray] = []
    while sum(map(len, found)) < n:
        grids = random_grids(shape, 20 * n + 200, seed + _TEST + len(found))
        found.append(grids[held_out(shape, grids)])
    return np.concatenate(found)[:n]


def singles_frames(spec: SinglesSpec) -> Iterator[SinglesFrame | Singles]:
    """Boards by the handful: what each needs, and after which steps the network has it."""
    shape, weights = SHAPES[spec.shape], bundled(spec.shape)
    grids = test_grids(shape, spec.n_boards, spec.seed)
    boards = np.zeros_like(grids)
    solved = np.zeros((spec.n_steps, spec.n_boards), bool)
    need = np.zeros(spec.n_boards, np.int64)
    seen: Trace | None = None
    for first in range(0, spec.n_boards, _CHUNK):
        part = slice(first, first + _CHUNK)
        boards[part] = puzzles(shape, grids[part], 0, spec.seed + first)
        need[part] = needs(shape, boards[part])
        solved[:, part] = (read(weights.net, boards[part], spec.n_steps) == grids[part]).all(axis=2)
        seen = seen or trace(weights.net, boards[0], grids[0], spec.n_steps)
        done = slice(0, min(first + _CHUNK, spec.n_boards))
        yield SinglesFrame(
            seen, need[done], (boards[done] > 0).sum(axis=1), solved[:, done],
            fraction=done.stop / spec.n_boards,
        )  # fmt: skip
    shown = _shown(need, solved, spec.shown)
    recipe = weights.recipe
    yield Singles(
        spec, trace(weights.net, boards[shown], grids[shown], spec.n_steps), need,
        (boards > 0).sum(axis=1), solved, int(recipe["n_steps"]),
        f"{recipe['n_updates']:,} updates of {recipe['batch']}, {recipe['n_steps']} steps",
    )  # fmt: skip


def _shown(need: np.ndarray, solved: np.ndarray, asked: int) -> int:
    """The asked board among those that need search, or the one solved last."""
    hard = np.flatnonzero(need == SEARCH)
    if asked and len(hard):
        return int(hard[(asked - 1) % len(hard)])
    late = np.where(solved[-1] & (need == need.max()), (~solved).sum(axis=0), -1)
    return int(np.argmax(late))
