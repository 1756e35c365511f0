"""Synchronous ensembles in torch give the bytes of the numba kernel, which the oracle checks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.boundary import codec
from engines.contract import SpecError
from engines.sorting import SortSpec, ensemble
from engines.sorting.ensembles import choice
from engines.sorting.ensembles.choice import Costs, chosen_engine
from engines.sorting.ensembles.results import EnsembleSpec
from engines.sorting.model import AlgotypeShare

KINDS = ("bubble", "insertion", "selection")


def both(spec: SortSpec, n_runs: int):
    spec = spec.replace(scheduler="synchronous")
    return tuple(ensemble(spec, n_runs, engine=engine) for engine in ("numba", "torch"))


def assert_same(one, other):
    assert codec.pack(replace(one, spec=other.spec)) == codec.pack(other)


shares = st.lists(
    st.builds(AlgotypeShare, algotype=st.sampled_from(KINDS), descending=st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda share: (share.algotype, share.descending),
)


@settings(max_examples=15, deadline=None)
@given(
    n_cells=st.integers(0, 24),
    algotypes=shares,
    n_frozen=st.integers(0, 3),
    kind=st.sampled_from(["movable", "immovable"]),
    seed=st.integers(0, 2**32),
    quirk=st.booleans(),
    mode=st.sampled_from(["permutation", "duplicates", "reversed", "nearly sorted"]),
    max_swaps=st.sampled_from([7, 100, 20_000]),
)
def test_any_ensemble_has_the_kernels_bytes(
    n_cells, algotypes, n_frozen, kind, seed, quirk, mode, max_swaps
):
    spec = SortSpec(
        n_cells=n_cells,
        algotypes=tuple(algotypes),
        n_frozen=min(n_frozen, n_cells),
        frozen_kind=kind,
        selection_frozen_quirk=quirk,
        value_mode=mode,
        seed=seed,
        max_swaps=max_swaps,
        max_activations=1_500,
    )
    assert_same(*both(spec, 5))


@pytest.mark.parametrize("algotypes", [("bubble",), ("insertion", "selection"), KINDS])
def test_a_hundred_cells_have_the_kernels_bytes(algotypes):
    shares = tuple(AlgotypeShare(algotype=name) for name in algotypes)
    assert_same(*both(SortSpec(n_cells=100, algotypes=shares, n_frozen=2, seed=4), 12))


@pytest.mark.parametrize(
    "other",
    [
        {"scheduler": "burst"},
        {"control": "traditional"},
        {"action_failure": 0.1},
        {"switch_at": 10},
    ],
)
def test_torch_says_what_it_does_not_compute(other):
    spec = SortSpec(scheduler="synchronous").replace(**other)
    with pytest.raises(SpecError, match="the torch engine computes synchronous cells without"):
        ensemble(spec, 2, engine="torch")
    assert chosen_engine(EnsembleSpec(run=spec, n_runs=10_000)) == "numba"


def test_the_cheaper_engine_is_taken_and_short_ensembles_are_not_timed(monkeypatch):
    asked = []

    def measured(run, device, size_bits):
        asked.append(run)
        return Costs(numba_s=2.0, torch_s=1.0)

    monkeypatch.setattr(choice, "costs", measured)
    spec = EnsembleSpec(run=SortSpec(scheduler="synchronous"), n_runs=100)
    assert chosen_engine(spec) == "numba"
    assert not asked
    assert chosen_engine(spec.replace(n_runs=10_000)) == "torch"
    assert asked


def test_costs_are_measured_here():
    found = choice.costs(SortSpec(n_cells=20, scheduler="synchronous"), "cpu", 4)
    assert 0.0 < found.numba_s < 1.0
    assert 0.0 < found.torch_s < 10.0
