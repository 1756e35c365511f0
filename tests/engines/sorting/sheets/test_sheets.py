"""Sheets of cells against plain Python, an exact Markov chain, and closed forms."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.boundary import codec
from engines.contract import SpecError
from engines.sorting import inversions
from engines.sorting.chance import rng
from engines.sorting.experiments.sheets.grid import EXPERIMENT, known_answers
from engines.sorting.motion.plain_python import Words
from engines.sorting.sheets.frames import GridFrame, GridResult
from engines.sorting.sheets.null import aggregation_null
from engines.sorting.sheets.simulation import SheetRun, start_of
from engines.sorting.sheets.spec import PRESETS, GridSpec


@st.composite
def specs(draw) -> GridSpec:
    n_rows, n_columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    parts = draw(st.tuples(*[st.integers(0, 2)] * 4).filter(any))
    return GridSpec(
        n_rows=n_rows,
        n_columns=n_columns,
        value_mode=draw(st.sampled_from(["permutation", "duplicates", "reversed"])),
        n_copies=draw(st.integers(1, 4)),
        bubble_parts=parts[0],
        insertion_parts=parts[1],
        row_parts=parts[2],
        column_parts=parts[3],
        n_frozen=draw(st.integers(0, min(4, n_rows * n_columns))),
        frozen_kind=draw(st.sampled_from(["movable", "immovable"])),
        scheduler=draw(st.sampled_from(["uniform", "burst"])),
        mean_burst=draw(st.sampled_from([1.0, 1.25, 7.0, 40.0])),
        seed=draw(st.integers(0, 2**64 - 1)),
        n_permutations=3,
        max_swaps=draw(st.sampled_from([0, 5, 5_000])),
        max_activations=draw(st.sampled_from([40, 10**9])),
    )


def result(spec: GridSpec) -> GridResult:
    found = EXPERIMENT.result(spec)
    assert isinstance(found, GridResult)
    return found


# The rules once more ---------------------------------------------------------------------------


class PlainSheet:
    """The rules as `docs/sorting.md` words them, on a dictionary of (row, column)."""

    def __init__(self, spec: GridSpec) -> None:
        self.spec = spec
        rank, algotype, frozen = (row.tolist() for row in start_of(spec))
        places = list(product(range(spec.n_rows), range(spec.n_columns)))
        cells = zip(rank, algotype, frozen, range(spec.n_cells), strict=True)
        self.at = dict(zip(places, cells, strict=True))
        self.words = Words(spec.seed, rng.SCHEDULE)
        self.coins: list[int] = []
        self.errors, self.alike = [self.descents()], [self.n_alike()]
        self.n_activations = 0

    def pairs(self):
        for row, column in self.at:
            for later in ((row, column + 1), (row + 1, column)):
                if later in self.at:
                    yield self.at[row, column], self.at[later]

    def descents(self) -> int:
        return sum(first[0] > second[0] for first, second in self.pairs())

    def n_alike(self) -> int:
        return sum(first[1] == second[1] for first, second in self.pairs())

    def target(self, place: tuple[int, int], down: bool, forwards: bool) -> tuple[int, int] | None:
        rank, kind, _, _ = self.at[place]
        down = {2: False, 3: True}.get(kind, down)
        step = 1 if forwards and kind != 1 else -1
        other = (place[0] + step, place[1]) if down else (place[0], place[1] + step)
        if other not in self.at or self.at[other][2] == 2:
            return None
        if (self.at[other][0] - rank) * step >= 0:
            return None
        if kind == 1:
            line = [p for p in self.at if p[down] == place[down]]
            before = [self.at[p] for p in sorted(line) if p < place]
            for first, second in pairwise(before):
                if not first[2] and not second[2] and first[0] > second[0]:
                    return None
        return other

    def at_rest(self) -> bool:
        active = [place for place, cell in self.at.items() if not cell[2]]
        flips = product((False, True), repeat=2)
        return not any(self.target(p, *coins) for coins in flips for p in active)

    def draw_burst(self) -> tuple[int, int]:
        longest = 2 * self.spec.mean_burst - 1 if self.spec.scheduler == "burst" else 1
        odds = int((longest - int(longest)) * 2**32)
        longer = bool(odds) and self.words.below(2**32) < odds
        cell, more = self.words.two_below(self.spec.n_cells, int(longest) + longer)
        return cell, more + 1

    def two_coins(self) -> tuple[bool, bool]:
        if not self.coins:
            word = self.words.word()
            self.coins = [word >> 2 * k & 3 for k in reversed(range(32))]
        coins = self.coins.pop()
        return coins & 1 == 1, coins & 2 == 2

    def finish(self) -> str:
        changed_at = 0
        while self.errors[-1]:
            if self.at_rest():
                self.n_activations = changed_at
                return "quiescent"
            if len(self.errors) > self.spec.max_swaps:
                return "budget"
            number, length = self.draw_burst()
            for _ in range(length):
                if self.n_activations >= self.spec.max_activations:
                    return "budget"
                if self.activate(number):
                    changed_at = self.n_activations
                    if self.errors[-1] == 0:
                        break
                    if self.at_rest() or len(self.errors) > self.spec.max_swaps:
                        break
        return "sorted"

    def activate(self, number: int) -> bool:
        self.n_activations += 1
        coins = self.two_coins()
        place = next(p for p, cell in self.at.items() if cell[3] == number)
        other = None if self.at[place][2] else self.target(place, *coins)
        if other is None:
            return False
        self.at[place], self.at[other] = self.at[other], self.at[place]
        self.errors.append(self.descents())
        self.alike.append(self.n_alike())
        return True


@settings(max_examples=300, deadline=None)
@given(specs())
def test_the_kernel_makes_the_plain_sheets_swaps(spec):
    ours, plain = result(spec), PlainSheet(spec)
    stop = plain.finish()
    assert ours.errors.tolist() == plain.errors
    assert ours.alike.tolist() == plain.alike
    assert ours.orders[-1].tolist() == [plain.at[place][3] for place in sorted(plain.at)]
    # With its last swap spent the kernel says budget before it asks whether anything is left.
    spent = ours.n_swaps == spec.max_swaps > 0
    assert ours.stop == stop or (spent and {ours.stop, stop} == {"budget", "quiescent"})
    assert ours.n_activations == plain.n_activations


# What holds exactly ----------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(specs())
def test_every_swap_raises_the_sum_of_rank_times_depth(spec):
    """So every run ends, whatever the algotypes, the damage and the scheduler."""
    run = SheetRun(spec)
    depth = np.add(*np.divmod(np.arange(spec.n_cells), spec.n_columns))
    while run.code == 0:
        run.move_on()
    order, potential = np.arange(spec.n_cells), [int(run.rank @ depth)]
    for a, b in run.log[:2].T:
        order[[a, b]] = order[[b, a]]
        potential.append(int(run.rank[order] @ depth))
    assert (np.diff(potential) > 0).all()
    most = int(np.sort(run.rank) @ np.sort(depth))
    assert len(potential) - 1 <= most - potential[0]


@settings(max_examples=100, deadline=None)
@given(specs())
def test_bubble_and_insertion_cells_without_damage_end_in_order(spec):
    plan = {"row_parts": 0, "column_parts": 0, "bubble_parts": max(1, spec.bubble_parts)}
    ended = result(spec.replace(**plan, n_frozen=0, max_swaps=5_000, max_activations=10**9))
    assert ended.stop == "sorted"
    assert (np.diff(ended.sheet(), axis=0) >= 0).all()
    assert (np.diff(ended.sheet(), axis=1) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40), st.booleans(), st.integers(0, 99), st.sampled_from(["bubble", "insertion"])
)
def test_a_sheet_of_one_line_is_the_array(n, upright, seed, algotype):
    """Its swaps are the inversions (Knuth, TAOCP 3, 5.1.1)."""
    n_rows, n_columns = (n, 1) if upright else (1, n)
    parts = {"bubble_parts": 0, f"{algotype}_parts": 1}
    ended = result(GridSpec(n_rows=n_rows, n_columns=n_columns, seed=seed, **parts))
    assert ended.n_swaps == inversions(ended.rank)
    assert ended.sheet().ravel().tolist() == list(range(n))


@pytest.mark.parametrize("seed", range(5))
def test_row_cells_sort_each_row_and_column_cells_then_leave_the_rows_in_order(seed):
    """The swaps are the rows' inversions; a sheet with sorted rows keeps them (Gale & Karp 1972)."""
    spec = GridSpec(n_rows=7, n_columns=9, bubble_parts=0, row_parts=1, seed=seed)
    rows = result(spec)
    start = rows.rank.reshape(7, 9)
    assert rows.n_swaps == sum(inversions(row) for row in start)
    assert np.array_equal(rows.sheet(), np.sort(start, axis=1))
    columns = result(spec.replace(row_parts=0, column_parts=1))
    assert columns.n_swaps == sum(inversions(column) for column in start.T)
    assert np.array_equal(columns.sheet(), np.sort(start, axis=0))
    assert (np.diff(np.sort(rows.sheet(), axis=0), axis=1) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(specs())
def test_at_rest_no_cell_stands_wrong_that_could_have_acted(spec):
    ended = result(spec.replace(n_frozen=0, max_swaps=5_000, max_activations=10**9))
    sheet, order = ended.sheet(), ended.orders[-1].reshape(spec.n_rows, spec.n_columns)
    for axis, able in ((1, (0, 2)), (0, (0, 3))):
        kinds = np.isin(ended.algotype[order], able)
        wrong = np.diff(sheet, axis=axis) < 0
        first, second = (np.delete(kinds, end, axis) for end in (-1, 0))
        assert not (wrong & (first | second)).any()


@given(specs())
@settings(max_examples=60, deadline=None)
def test_immovable_cells_never_move(spec):
    ended = result(spec.replace(frozen_kind="immovable"))
    cells = np.flatnonzero(ended.frozen)
    assert (ended.orders[:, cells] == cells).all()


# Laws ------------------------------------------------------------------------------------------


def exact_means() -> tuple[Fraction, Fraction]:
    """Mean swaps and activations of a 2 x 2 sheet, from the Markov chain on its 24 states."""
    beside = {0: (1, 2), 1: (0, 3), 2: (3, 0), 3: (2, 1)}
    known: dict[tuple[int, ...], tuple[Fraction, Fraction]] = {}

    def mean(state: tuple[int, ...]) -> tuple[Fraction, Fraction]:
        if state not in known:
            # A pair that stands wrong is swapped when either end is drawn (1/4 each) and its two
            # coins point at the other (1/4): with chance 1/8 per activation.
            wrong = [(p, q) for p in beside for q in beside[p] if p < q and state[p] > state[q]]
            swaps = activations = Fraction(0)
            for p, q in wrong:
                after = list(state)
                after[p], after[q] = after[q], after[p]
                later = mean(tuple(after))
                swaps += (1 + later[0]) / len(wrong)
                activations += later[1] / len(wrong)
            known[state] = (swaps, activations + (Fraction(8, len(wrong)) if wrong else 0))
        return known[state]

    means = [mean(state) for state in permutations(range(4))]
    return sum(m[0] for m in means) / 24, sum(m[1] for m in means) / 24


def test_two_by_two_sheets_follow_the_exact_chain():
    swaps, activations = exact_means()
    spec = GridSpec(n_rows=2, n_columns=2, scheduler="uniform", n_permutations=1)
    runs = [result(spec.replace(seed=seed)) for seed in range(4_000)]
    for ours, exact in (
        ([run.n_swaps for run in runs], swaps),
        ([run.n_activations for run in runs], activations),
    ):
        error = np.std(ours) / len(ours) ** 0.5
        assert abs(np.mean(ours) - float(exact)) < 4 * error
    expected = next(a for a in known_answers() if "2 x 2" in a.target and "Swaps" in a.target)
    assert expected.expected == pytest.approx(float(swaps))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**9 - 1))
def test_the_null_of_aggregation_is_the_mean_over_all_label_permutations(rows, columns, bits):
    n = rows * columns
    labels = np.array([bits >> k & 1 for k in range(n)])
    pairs = [(p, p + 1) for p in range(n) if p % columns < columns - 1]
    pairs += [(p, p + columns) for p in range(n - columns)]
    mean, sd = aggregation_null(labels, rows, columns)
    if not pairs:
        assert np.isnan(mean)
        return
    first, second = np.array(pairs).T
    # Labels of two kinds: every choice of places for the ones is equally likely.
    sets = [np.array(s) for s in set(permutations(labels.tolist()))] if n <= 6 else None
    if sets is None:
        generator = np.random.default_rng(0)
        sets = [generator.permutation(labels) for _ in range(4_000)]
    shares = np.array([np.mean(s[first] == s[second]) for s in sets])
    tolerance = 1e-12 if n <= 6 else 0.03
    assert mean == pytest.approx(shares.mean(), abs=tolerance)
    assert sd == pytest.approx(shares.std(), abs=tolerance)


def test_rows_and_columns_gather_far_beyond_chance():
    ended = result(GridSpec(bubble_parts=0, row_parts=1, column_parts=1, n_permutations=200))
    mean, sd = aggregation_null(ended.algotype, 20, 20)
    assert ended.alike[-1] / 760 > mean + 5 * sd
    assert ended.alike.max() > ended.null_peaks.max()
    assert ended.peak_p == pytest.approx(1 / 201)


# What is kept ----------------------------------------------------------------------------------


def test_a_result_carries_its_film():
    *frames, ended = EXPERIMENT.frames(GridSpec(n_rows=9, n_columns=8, row_parts=1, seed=4))
    assert all(isinstance(frame, GridFrame) for frame in frames)
    film = ended.moments()
    assert len(film) == 200
    assert film[0].order.tolist() == list(range(72))
    kept = [moment.step[-1] for moment in film]
    assert kept == [ended.n_swaps * k // 200 for k in range(200)]
    at_swap = film[100]
    descents = sum(
        int((np.diff(ended.rank[at_swap.order].reshape(9, 8), axis=a) < 0).sum()) for a in (0, 1)
    )
    assert descents == at_swap.error[-1]
    again = codec.unpack(codec.pack(ended))
    assert codec.pack(again) == codec.pack(ended)


@pytest.mark.parametrize("spec", [*PRESETS.values(), GridSpec(n_rows=1, n_columns=1)])
def test_equal_specs_give_equal_bytes_and_pictures(spec):
    first, second = result(spec), result(spec)
    assert codec.pack(first) == codec.pack(second)
    assert len(first.pictures()) == 4
    assert all(len(frame.pictures()) == 3 for frame in first.moments()[:2])


def test_slices_never_change_what_a_run_does(monkeypatch):
    from engines.sorting.sheets import simulation

    spec = GridSpec(n_rows=8, n_columns=8, insertion_parts=1, column_parts=1, n_frozen=3)
    whole = result(spec)
    monkeypatch.setattr(simulation, "SLICE_SWAPS", 7)
    monkeypatch.setattr(simulation, "SLICE_ACTIVATIONS", 13)
    assert codec.pack(result(spec)) == codec.pack(whole)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"bubble_parts": 0}, "at least one algotype"),
        (
            {"n_rows": 2, "n_columns": 2, "n_frozen": 5},
            "5 cells cannot be frozen in a sheet of 2 x",
        ),
        ({"n_rows": 0}, "Rows"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(fields, sentence):
    with pytest.raises(SpecError, match=sentence):
        GridSpec(**fields)


@pytest.mark.slow
def test_every_known_answer_of_sheets_is_reproduced():
    verdicts = [answer.verdict() for answer in known_answers()]
    assert not [(v.target, v.expected, v.ours) for v in verdicts if not v.reproduced]
