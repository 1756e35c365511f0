"""What may be asked for, and the sentence for what may not."""

import math
import subprocess
import sys

import numpy as np
import pytest

from engines.contract import SpecError
from engines.sorting import PRESETS, AlgotypeShare, Edit, SortSpec, simulate
from engines.sorting.model import cells_per_share, measured_descending
from engines.sorting.motion.start import start_of


def refusal(**fields) -> str:
    with pytest.raises(SpecError) as refused:
        SortSpec(**fields)
    return str(refused.value)


def test_reading_specs_loads_neither_numba_nor_torch():
    probe = (
        "import sys, engines.sorting, engines.sorting.model\n"
        "from engines.running import registry\n"
        "names = registry.names('sorting')\n"
        "[registry.experiment(name).default() for name in names]\n"
        "print(sorted({'numba', 'torch', 'panel', 'bokeh'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=50
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("spec", PRESETS.values(), ids=PRESETS)
def test_presets_survive_json(spec):
    assert SortSpec.from_json(spec.to_json()) == spec


def test_the_first_preset_is_the_paper_with_bursts_of_seven():
    name, spec = next(iter(PRESETS.items()))
    assert (name, spec.n_cells, spec.scheduler) == ("Paper (2024)", 100, "burst")
    assert spec.mean_burst == 7.0


def test_own_values_bring_their_number_and_survive_json():
    spec = SortSpec(own_values=[2.5, 1, math.inf, -math.inf, 2**70, 2**70 + 1])
    assert (spec.n_cells, spec.value_mode) == (6, "own")
    assert SortSpec.from_json(spec.to_json()) == spec


def test_integers_beyond_two_to_the_53_are_exact():
    spec = SortSpec(own_values=(2**53 + 1, 2**53, 10**400, -(10**400)))
    assert start_of(spec).rank.tolist() == [2, 1, 3, 0]
    run = simulate(spec)
    assert run.rank[run.at(run.n_steps).order].tolist() == [0, 1, 2, 3]


def test_infinities_sort_to_the_ends():
    run = simulate(SortSpec(own_values=(math.inf, 0.0, -math.inf)))
    assert run.value[run.at(run.n_steps).order].tolist() == [-math.inf, 0.0, math.inf]


def test_text_sorts_by_code_point_and_keeps_its_labels():
    run = simulate(SortSpec(own_values=("pear", "Apple", "fig")))
    order = run.at(run.n_steps).order
    assert [run.label[cell] for cell in order] == ["Apple", "fig", "pear"]


def test_numpy_values_become_plain_numbers():
    assert SortSpec(own_values=np.array([3, 1, 2])).own_values == (3, 1, 2)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((1.0, math.nan), "own value 1 is NaN"),
        ((1, None), "own value 1 is None"),
        ((1, 2, 3j), "own value 2 is 3j"),
        ((True, 2), "own value 0 is True"),
        ((1, "a"), "own value 0 is 1 but own value 1 is 'a'"),
        ("abc", "list of numbers or texts, got 'abc'"),
        (7, "list of numbers or texts, got 7"),
    ],
)
def test_values_without_an_order_are_refused_by_name(values, named):
    assert named in refusal(own_values=values)


def test_counts_that_do_not_add_up_are_refused_with_the_numbers():
    sentence = refusal(algotypes={"bubble": 50, "selection": 40})
    assert "50 + 40 = 90" in sentence
    assert "100 cells" in sentence


def test_an_unknown_algotype_is_refused_with_those_there_are():
    assert "'bogo'; there are bubble, insertion, selection" in refusal(algotypes="bogo")


def test_more_frozen_cells_than_cells_are_refused():
    assert "101 cells cannot be frozen in an array of 100" in refusal(n_frozen=101)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"frozen_at": (100,)}, "there is no cell 100"),
        ({"edits": (Edit(cell=100),)}, "there is no cell 100"),
        ({"edits": (Edit(kind="swap", cell=1, other=100),)}, "there is no cell 100"),
        ({"own_values": (1, 2), "value_mode": "reversed"}, "choose 'own'"),
        ({"control": "traditional", "algotypes": ("bubble", "selection")}, "one program"),
        ({"n_cells": 100_001}, "less than or equal to 100000"),
        ({"n_cells": -1}, "greater than or equal to 0"),
        ({"mean_burst": 0.5}, "greater than or equal to 1"),
        ({"mean_burst": math.nan}, "finite"),
        ({"algotypes": ()}, "at least 1"),
        ({"speed": 3}, "no field 'speed'"),
    ],
)
def test_what_cannot_run_is_refused_in_a_sentence(fields, named):
    assert named in refusal(**fields)


def test_edits_that_say_too_little_are_refused():
    with pytest.raises(SpecError, match="needs the other cell"):
        Edit(kind="swap", cell=1)
    with pytest.raises(SpecError, match="needs the new algotype"):
        Edit(kind="algotype", cell=1)
    with pytest.raises(SpecError, match="with itself"):
        Edit(kind="swap", cell=1, other=1)


@pytest.mark.parametrize("seed", [-1, 2**64, 2**200 + 5])
def test_any_seed_is_brought_into_64_bits_and_shown(seed):
    assert SortSpec(seed=seed).seed == seed % 2**64


def test_names_mappings_and_shares_mean_the_same():
    by_name = SortSpec(algotypes=["bubble", "selection"])
    shares = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection"))
    assert by_name == SortSpec(algotypes=shares)
    exact = SortSpec(algotypes={"bubble": 30, "selection": 70})
    assert cells_per_share(exact) == (30, 70)


def test_parts_are_rounded_by_largest_remainder():
    shares = (
        AlgotypeShare(algotype="bubble", parts=1),
        AlgotypeShare(algotype="insertion", parts=1),
        AlgotypeShare(algotype="selection", parts=1),
    )
    assert cells_per_share(SortSpec(n_cells=100, algotypes=shares)) == (34, 33, 33)


def test_the_majority_sets_the_direction_and_a_tie_counts_as_ascending():
    up, down = AlgotypeShare(), AlgotypeShare(descending=True)
    assert not measured_descending(SortSpec(algotypes=(down, up)))
    assert measured_descending(SortSpec(n_cells=3, algotypes=(down, up)))


def test_one_seed_gives_one_permutation_and_one_damage_whatever_else_differs():
    plain = start_of(SortSpec(n_frozen=5, seed=9))
    other = start_of(
        SortSpec(n_frozen=5, seed=9, algotypes=("selection", "insertion"), scheduler="sweep")
    )
    assert np.array_equal(plain.rank, other.rank)
    assert np.array_equal(plain.frozen, other.frozen)


def test_types_are_placed_in_exact_counts():
    start = start_of(SortSpec(algotypes={"bubble": 20, "insertion": 30, "selection": 50}))
    assert np.bincount(start.algotype).tolist() == [20, 30, 50]


def test_frozen_cells_are_distinct_unless_drawn_with_replacement():
    distinct = [start_of(SortSpec(n_cells=10, n_frozen=9, seed=s)).frozen for s in range(20)]
    assert all(np.count_nonzero(frozen) == 9 for frozen in distinct)
    again = SortSpec(n_cells=10, n_frozen=9, frozen_with_replacement=True)
    drawn = [np.count_nonzero(start_of(again.replace(seed=s)).frozen) for s in range(20)]
    assert max(drawn) <= 9
    assert min(drawn) < 9


def test_nearly_sorted_moves_no_cell_further_than_it_may():
    for seed in range(20):
        spec = SortSpec(value_mode="nearly sorted", max_displacement=4, seed=seed)
        moved = np.abs(start_of(spec).rank - np.arange(100))
        assert 0 < moved.max() <= 4


def test_duplicates_are_ten_of_each():
    values = start_of(SortSpec(value_mode="duplicates")).value
    assert np.unique(values, return_counts=True)[1].tolist() == [10] * 10
