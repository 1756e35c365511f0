"""A board of one's own: the exact answer, what is wrong with it, and the network step by step."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.pointer.boards.asked import PlaySpec
from engines.pointer.boards.results import Play

_PRINTED = (
    "53..7.... 6..195... .98....6. 8...6...3 4..8.3..1 7...2...6 .6....28. ...419..5 ....8..79"
)
"""The example of Wikipedia's article on Sudoku."""


def frames(spec: PlaySpec) -> Iterator[Play]:
    """One board, answered."""
    from engines.pointer.boards.running import play_frames

    yield from play_frames(spec)


EXPERIMENT = Experiment(
    spec=PlaySpec,
    frames=frames,
    card=Card(
        title="A board of your own",
        claim="Click a cell and type. The exact solver counts the answers and names what "
        "contradicts; the network believes something at every step, right or not.",
        paper="Palm, Paquet & Winther 2018, Recurrent relational networks",
        link="https://arxiv.org/abs/1711.08028",
        related=("pointer/boards", "pointer/singles"),
    ),
    presets={
        "A drawn 6 x 6": PlaySpec(),
        "A drawn 4 x 4": PlaySpec(shape="4 x 4"),
        "A printed 9 x 9": PlaySpec(shape="9 x 9", board=_PRINTED, n_steps=64),
        "A drawn 9 x 9": PlaySpec(shape="9 x 9", n_givens=30, n_steps=64),
        "Several answers": PlaySpec(board="1..... ...... ...... ...... ...... .....2"),
        "A contradiction": PlaySpec(board="1...1. ...... ...... ...... ...... .....2"),
        "No answer": PlaySpec(shape="4 x 4", board="12.. ..3. ...4 ...."),
    },
    seconds=lambda _spec: 1.0,
    order=62,
)
