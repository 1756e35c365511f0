"""What runs over boards show: frames while they go, and what came out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.pointer.boards import pictures
from engines.pointer.boards.asked import BoardsSpec, PlaySpec, SinglesSpec
from engines.pointer.boards.tracing import Trace


@dataclass(frozen=True, eq=False)
class LearningFrame(Frame):
    """The board on stage as the network now answers it, and the losses so far."""

    trace: Trace
    losses: np.ndarray
    """float64[update], mean over steps and cells."""
    plain_losses: np.ndarray
    """float64[update] of the control."""

    def pictures(self) -> tuple[Picture, ...]:
        """The losses."""
        return (pictures.losses(self.losses, self.plain_losses),)


@dataclass(frozen=True, eq=False)
class Boards(Result):
    """A network that was trained here, on boards it has not seen, beside its controls."""

    spec: BoardsSpec
    trace: Trace
    losses: np.ndarray
    """float64[update]."""
    plain_losses: np.ndarray
    """float64[update]."""
    solved: np.ndarray
    """bool[givens, step, board]: all cells right after so many steps, 1 first."""
    plain_solved: np.ndarray
    """bool[givens, board] of the control; no boards where it was left out."""
    by_singles: np.ndarray
    """bool[givens, board]: naked singles alone fill the board."""
    relabelled: np.ndarray
    """bool[step, board]: the answer changes with the digits' names."""
    swapped: np.ndarray
    """bool[step, board]: with the order of rows in their bands."""
    turned: np.ndarray
    """bool[step, board]: when the board is mirrored on its diagonal."""
    n_parameters: tuple[int, int]
    """Of the network and of the control."""

    @property
    def n_trained_steps(self) -> int:
        """Steps in training; the test has twice as many."""
        return self.spec.n_steps

    def pictures(self) -> tuple[Picture, ...]:
        """Solved boards by step and givens, laws, losses, and a table."""
        return (
            pictures.solved_by_step(self),
            pictures.changed_answers(self),
            pictures.losses(self.losses, self.plain_losses),
            pictures.learnt_table(self),
        )


@dataclass(frozen=True, eq=False)
class Play(Result):
    """One board: what is known of it, and the network's answer step by step."""

    spec: PlaySpec
    trace: Trace
    n_answers: int
    """Exact, up to ``limit``."""
    limit: int
    need: str
    """What solves it: naked singles, hidden singles too, or search; empty without one answer."""
    faults: tuple[str, ...]
    """Equal givens in a unit, in words."""
    fault_cells: np.ndarray
    """int64[cell] of them."""
    verdict: str
    """What the network's last answer is."""
    valid: bool
    """Whether it breaks no rule and keeps the givens."""

    @property
    def network(self) -> np.ndarray:
        """The network's board after the last step: int8[cell]."""
        return self.trace.digits()[-1]

    def pictures(self) -> tuple[Picture, ...]:
        """How sure it is, and what is known."""
        return (pictures.sureness(self.trace), pictures.known_of(self))


@dataclass(frozen=True, eq=False)
class SinglesFrame(Frame):
    """The boards that have been answered so far."""

    trace: Trace
    need: np.ndarray
    """int64[board]: 0 naked singles, 1 hidden ones too, 2 search."""
    n_givens: np.ndarray
    """int64[board]."""
    solved: np.ndarray
    """bool[step, board], 1 first."""

    def pictures(self) -> tuple[Picture, ...]:
        """As at the end."""
        return (pictures.solved_by_need(self), pictures.against_singles(self))


@dataclass(frozen=True, eq=False)
class Singles(Result):
    """Boards no training saw: what singles solve, and what the network solves."""

    spec: SinglesSpec
    trace: Trace
    need: np.ndarray
    """int64[board]: 0 naked singles, 1 hidden ones too, 2 search."""
    n_givens: np.ndarray
    """int64[board]."""
    solved: np.ndarray
    """bool[step, board], 1 first."""
    n_trained_steps: int
    trained: str
    """How the bundled network came to be, in a sentence."""

    def pictures(self) -> tuple[Picture, ...]:
        """Solved boards by step and need, against singles, by givens."""
        return (
            pictures.solved_by_need(self),
            pictures.against_singles(self),
            pictures.needs_table(self, self.n_trained_steps, self.trained),
        )
