"""Known answers of boards: counts of grids, a printed puzzle, and laws of the network."""

from __future__ import annotations

from functools import partial

import numpy as np

from engines.contract import KnownAnswer

_PRINTED = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
_ANSWER = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
_EXAMPLE = "the example of Wikipedia's article on Sudoku, with its printed answer"


def board_answers() -> tuple[KnownAnswer, ...]:
    """Counts that others have made, a printed answer, and the network against itself."""
    return (
        KnownAnswer(
            "full grids of a 4 x 4 board", "OEIS A107739: 288", 288.0, 0.0, n_small_grids
        ),
        KnownAnswer(
            "full grids of a 6 x 6 board whose first row is given, boxes of 2 x 3",
            "28,200,960 in all (Pettersen 2006) over the 720 orders of a row", 39_168.0, 0.0,
            n_grids_below_a_row,
        ),
        KnownAnswer("cells of a printed 9 x 9 answer that ours has", _EXAMPLE, 81.0, 0.0, agreeing),
        KnownAnswer(
            "sums of messages against a loop over all edges, largest difference",
            "one edge after the other, in numpy", 0.0, 1e-4, message_difference,
        ),
        KnownAnswer(
            "answers changed by swapped rows, relative positions, untrained 6 x 6",
            "peers are a set", 0.0, 0.0, swapped_answers,
        ),
        KnownAnswer(
            "4 x 4, 4 givens, the bundled network after 8 steps: share solved, at least 98 %",
            "our floor; naked singles solve all", 1.0, 0.02, bundled_share,
        ),
        KnownAnswer(
            "6 x 6, held-out minimal boards, after 32 steps: share solved, at least 97 %",
            "our floor; its header says more", 1.0, 0.03, partial(held_out_share, "6 x 6", 32, 500),
            full=True,
        ),
        KnownAnswer(
            "9 x 9, held-out minimal boards, after 64 steps: share solved, at least 50 %",
            "our floor; its header says more", 1.0, 0.5, partial(held_out_share, "9 x 9", 64, 300),
            full=True,
        ),
    )  # fmt: skip


def n_small_grids() -> float:
    """All grids, counted one by one."""
    from engines.pointer.boards.making import all_grids
    from engines.pointer.boards.shape import SHAPES

    return float(len(all_grids(SHAPES["4 x 4"])))


def n_grids_below_a_row() -> float:
    """Answers of a board whose first row is 1 to 6."""
    from engines.pointer.boards.shape import SHAPES
    from engines.pointer.boards.solving import answers

    board = np.zeros(36, np.int8)
    board[:6] = np.arange(1, 7)
    return float(answers(SHAPES["6 x 6"], board, 100_000)[0])


def agreeing() -> float:
    """Cells in which the exact solver's answer is the printed one."""
    from engines.pointer.boards.shape import SHAPES
    from engines.pointer.boards.solving import answers

    printed = np.array(list(_PRINTED), np.int8)
    return float((answers(SHAPES["9 x 9"], printed)[1] == np.array(list(_ANSWER), np.int8)).sum())


def message_difference() -> float:
    """Our sums against a plain loop over directed edges."""
    import torch

    from engines.pointer.boards.messages import Told
    from engines.pointer.boards.shape import SHAPES

    shape, rng = SHAPES["6 x 6"], np.random.default_rng(3)
    own, sent = rng.normal(size=(2, 2, 36, 5)).astype(np.float32)
    shared = rng.normal(size=(12, 5)).astype(np.float32)
    slow = np.zeros_like(own)
    for cell, others in enumerate(shape.peers()):
        for k, peer in enumerate(others):
            slow[:, cell] += np.maximum(own[:, cell] + sent[:, peer] + shared[k], 0.0)
    parts = [torch.from_numpy(x) for x in (own, sent, shared, shape.peers())]
    return float(np.abs(Told.apply(*parts).numpy() - slow).max())


def swapped_answers() -> float:
    """Boards and steps at which an untrained network minds the order of rows."""
    import torch

    from engines.pointer.boards.laws import SWAPPED, disagreements
    from engines.pointer.boards.making import puzzles, random_grids
    from engines.pointer.boards.network import RelationalNet
    from engines.pointer.boards.shape import SHAPES

    shape = SHAPES["6 x 6"]
    torch.manual_seed(2)
    boards = puzzles(shape, random_grids(shape, 20, 5), 12, 6)
    return float(disagreements(RelationalNet(shape, 16), boards, 4, 0)[SWAPPED].sum())


def bundled_share() -> float:
    """Of 500 puzzles on the 72 grids that were held out."""
    from engines.pointer.boards.learning import boards_of, split
    from engines.pointer.boards.network import read
    from engines.pointer.boards.weights import bundled

    net = bundled("4 x 4").net
    boards, grids = boards_of(net.shape, split(0).held_out, 500, 4, 77)
    return float((read(net, boards, 8)[-1] == grids).all(axis=1).mean())


def held_out_share(name: str, n_steps: int, n: int) -> float:
    """Boards of classes no training saw, no given of which can be missed."""
    from engines.pointer.boards.making import puzzles
    from engines.pointer.boards.network import read
    from engines.pointer.boards.running import test_grids
    from engines.pointer.boards.weights import bundled

    net = bundled(name).net
    grids = test_grids(net.shape, n, 4711)
    return float((read(net, puzzles(net.shape, grids, 0, 5), n_steps)[-1] == grids).all(1).mean())
