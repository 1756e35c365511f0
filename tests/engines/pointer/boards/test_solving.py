"""Boards: the exact solver against brute force and printed answers, puzzles with one answer."""

from __future__ import annotations

from functools import cache
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError, SpecError
from engines.pointer.answers import boards as known
from engines.pointer.boards.making import (
    all_grids,
    classes,
    held_out,
    puzzles,
    random_grids,
)
from engines.pointer.boards.shape import RELATIONS, SHAPES, Shape
from engines.pointer.boards.solving import (
    HIDDEN,
    NAKED,
    SEARCH,
    answers,
    by_singles,
    contradictions,
    needs,
)
from engines.pointer.boards.written import board_from_text, checked, text_from_board

FOUR, SIX, NINE = SHAPES.values()
# Puzzle 1 of Gordon Royle's collection of boards with 17 givens, as many pages print it.
SEVENTEEN = "000000010400000000020000000000050407008000300001090000300400200050100000000806000"


@cache
def grids_by_brute_force() -> set[tuple[int, ...]]:
    """Every 4 x 4 grid: rows are orders of 1 to 4, columns and boxes are looked at last."""
    found = set()
    for rows in product(permutations((1, 2, 3, 4)), repeat=4):
        grid = np.array(rows)
        units = [*grid.T, *(grid[r : r + 2, c : c + 2].ravel() for r in (0, 2) for c in (0, 2))]
        if all(len(set(unit.tolist())) == 4 for unit in units):
            found.add(tuple(grid.ravel().tolist()))
    return found


def test_all_4_x_4_grids_are_those_of_brute_force():
    assert {tuple(g.tolist()) for g in all_grids(FOUR)} == grids_by_brute_force()


@pytest.mark.parametrize("answer", known.board_answers()[:3], ids=lambda a: a.target)
def test_counts_and_a_printed_answer(answer):
    assert answer.ours() == answer.expected


def test_a_board_of_17_givens_has_one_answer_and_every_given_is_needed():
    board = np.array(list(SEVENTEEN), np.int8)
    assert answers(NINE, board)[0] == 1
    for cell in np.flatnonzero(board):
        less = board.copy()
        less[cell] = 0
        assert answers(NINE, less)[0] == 2


@given(st.integers(0, 10_000), st.sampled_from(list(SHAPES)))
@settings(max_examples=15, deadline=None)
def test_a_minimal_puzzle_has_its_grid_as_only_answer_and_misses_no_given(seed, name):
    shape = SHAPES[name]
    grid = random_grids(shape, 1, seed)
    board = puzzles(shape, grid, 0, seed)[0]
    n, answer = answers(shape, board)
    assert n == 1
    assert (answer == grid[0]).all()
    for cell in np.flatnonzero(board)[:8]:
        less = board.copy()
        less[cell] = 0
        assert answers(shape, less)[0] == 2


def test_answers_of_a_small_board_are_counted_as_brute_force_counts_them():
    grids = np.array(sorted(grids_by_brute_force()))
    rng = np.random.default_rng(4)
    for _ in range(30):
        board = np.where(rng.random(16) < 0.2, grids[rng.integers(288)], 0).astype(np.int8)
        fits = ((grids == board) | (board == 0)).all(axis=1).sum()
        assert answers(FOUR, board, 1_000)[0] == fits


def test_singles_only_write_what_must_be():
    grid = random_grids(NINE, 40, 3)
    boards = puzzles(NINE, grid, 0, 3)
    for board, answer in zip(boards, grid, strict=True):
        for hidden in (False, True):
            filled = by_singles(board, NINE.unit_of(), 9, hidden)
            assert ((filled == answer) | (filled == 0)).all()


def test_boards_are_told_apart_by_what_they_need():
    printed = np.array(list(known._PRINTED), np.int8)
    # Inkala 2010 made it so that no single begins it.
    inkala = np.array(
        list("800000000003600000070090200050007000000045700000100030001000068008500010090000400"),
        np.int8,
    )
    assert needs(NINE, np.stack([printed, inkala])).tolist() == [NAKED, SEARCH]
    assert HIDDEN in needs(NINE, puzzles(NINE, random_grids(NINE, 20, 0), 0, 0))


def test_no_4_x_4_puzzle_needs_more_than_naked_singles():
    grids = all_grids(FOUR)
    assert (needs(FOUR, puzzles(FOUR, grids, 0, 1)) == NAKED).all()


@given(st.integers(0, 10_000), st.sampled_from(["6 x 6", "9 x 9"]))
@settings(max_examples=25, deadline=None)
def test_the_class_of_a_grid_survives_every_symmetry(seed, name):
    shape = SHAPES[name]
    rng = np.random.default_rng(seed)
    grid = random_grids(shape, 1, seed).reshape(shape.n, shape.n)
    moved = (1 + rng.permutation(shape.n))[grid - 1]
    for axis, size in ((0, shape.box_rows), (1, shape.box_columns)):
        groups = np.arange(shape.n).reshape(-1, size)
        order = np.concatenate([rng.permutation(group) for group in rng.permutation(groups)])
        moved = np.take(moved, order, axis=axis)
    if shape.box_rows == shape.box_columns and rng.random() < 0.5:
        moved = moved.T
    assert not contradictions(shape, moved.ravel())
    both = np.stack([grid.ravel(), moved.ravel()])
    assert len(set(classes(shape, both).tolist())) == 1


def test_about_a_tenth_of_9_x_9_grids_is_held_out():
    share = held_out(NINE, random_grids(NINE, 2_000, 9)).mean()
    assert abs(share - 0.1) < 4 * np.sqrt(0.09 / 2_000)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_peers_share_what_their_place_in_the_list_says(shape):
    unit, peers = shape.unit_of(), shape.peers()
    n, box = shape.n, shape.box_rows + shape.box_columns
    assert peers.shape == (shape.n_cells, 3 * n - 1 - box)
    for k, relation in enumerate(shape.relations()):
        same = unit[:, np.arange(shape.n_cells)] == unit[:, peers[:, k]]
        words = [w for w, s in zip(("row", "column", "box"), same[:, 0], strict=True) if s]
        assert (same == same[:, :1]).all()
        assert RELATIONS[relation] == " and ".join(words)


def test_directed_edges_are_as_many_as_published():
    # Palm et al. 2018: 1,620 edges of a 9 x 9 board.
    assert NINE.n_edges == 1_620
    assert FOUR.n_edges == 112


def test_contradictions_are_named_by_row_column_and_box():
    board = board_from_text(FOUR, "1... ...1 11.. ....")
    found = contradictions(FOUR, board)
    assert ("row", 3, 1, 8, 9) in found
    assert ("column", 1, 1, 0, 8) in found
    assert ("box", 3, 1, 8, 9) in found
    assert answers(FOUR, board)[0] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1234", "4 rows of 4 are 16 cells, got 4"),
        ("12.. ..3. ...4 ...x", "row 4, column 4 is 'x'"),
        ("5... .... .... ....", "row 1, column 1 is '5'; use digits 1 to 4"),
        ("1" * 17, "16 cells, got 17"),
    ],
)
def test_a_board_that_cannot_be_read_is_told_where(text, words):
    with pytest.raises(SpecError, match=words):
        board_from_text(FOUR, text)


@pytest.mark.parametrize("cells", [[1, 2], [5] + [0] * 15, [0.5] + [0] * 15, [-1] + [0] * 15])
def test_cells_that_are_none_are_refused(cells):
    with pytest.raises(InputError):
        checked(FOUR, np.array(cells))


@given(st.lists(st.integers(0, 6), min_size=36, max_size=36))
def test_a_written_board_is_read_again(cells):
    board = np.array(cells, np.int8)
    assert (board_from_text(SIX, text_from_board(SIX, board)) == board).all()


def test_only_the_smallest_board_has_its_grids_listed():
    with pytest.raises(ValueError, match="4 x 4"):
        all_grids(Shape(2, 3))
