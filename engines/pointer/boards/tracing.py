"""One board step by step: what every cell believes, and how loud its peers are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.pointer.boards.shape import SHAPES, Shape


@dataclass(frozen=True, eq=False)
class Trace:
    """A board on its way through a network; step 0 is before any message."""

    shape_name: str
    givens: np.ndarray
    """int8[cell], 0 for a blank."""
    answer: np.ndarray
    """int8[cell] of the exact solver; zeros where there is none, or several."""
    belief: np.ndarray
    """float32[step, cell, digit]: shares that sum to one."""
    loudness: np.ndarray
    """float32[step, cell, peer]: norms of the messages heard in this step, peers as in `Shape`."""

    @property
    def shape(self) -> Shape:
        """Its cells, units and peers."""
        return SHAPES[self.shape_name]

    @property
    def n_steps(self) -> int:
        """Steps taken."""
        return len(self.belief) - 1

    def digits(self) -> np.ndarray:
        """The likeliest digit of every cell after every step: int8[step, cell]."""
        return (self.belief.argmax(axis=2) + 1).astype(np.int8)

    def right_from(self) -> np.ndarray:
        """The step from which a cell is right to the end: int64[cell]; -1 where it never is."""
        right = self.digits() == self.answer
        right[0] &= self.givens > 0
        wrong_last = len(right) - 1 - np.argmax(~right[::-1], axis=0)
        first = np.where(right.all(axis=0), 0, wrong_last + 1)
        return np.where(right[-1] & (self.answer > 0), first, -1)


def trace(net: object, board: np.ndarray, answer: np.ndarray, n_steps: int) -> Trace:
    """The board's way through a network of its shape."""
    import torch

    from engines.pointer.boards.network import RelationalNet

    if not isinstance(net, RelationalNet):
        raise TypeError(f"a trace needs a relational network, got {type(net).__name__}")
    shape = net.shape
    with torch.no_grad():
        states = net.states(torch.from_numpy(board.astype(np.int64))[None], n_steps)
        belief = [net.answer(state).softmax(dim=-1)[0].numpy() for state in states[1:]]
        loud = [net.messages(state).norm(dim=-1)[0].numpy() for state in states[:-1]]
    first = np.full((shape.n_cells, shape.n), 1.0 / shape.n, np.float32)
    given = np.flatnonzero(board)
    first[given] = np.eye(shape.n, dtype=np.float32)[board[given].astype(np.int64) - 1]
    name = next(name for name, known in SHAPES.items() if known == shape)
    none = np.zeros_like(loud[0])
    return Trace(name, board, answer, np.stack([first, *belief]), np.stack([none, *loud]))
