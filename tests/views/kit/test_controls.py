"""Knobs from specs: what the spec declares is what people can set, and nothing else."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import Spec, SpecError, knob
from engines.running import registry
from engines.sorting.model import ALGOTYPES, AlgotypeShare, EnsembleSpec, SortSpec
from views.kit.controls import Controls, controls_from_spec, knobs

LISTED = [name for bench in registry.workbenches() for name in registry.listed(bench)]


class ToySpec(Spec):
    """One field of each kind."""

    n_cells: int = knob(5, label="Cells", help="How many.", unit="cells", ge=1, le=9)
    speed: float = knob(0.5, label="Speed", help="How fast.", gt=0.0, lt=2.0, soft=(0.1, 1.0))
    frozen: bool = knob(False, label="Frozen", help="Whether it stands still.")
    shape: Literal["sine", "square"] = knob("sine", label="Shape", help="Of the wave.")
    title: str = knob("", label="Title", help="What it is called.", max_length=8)
    places: tuple[int, ...] = knob((), label="Places", help="Where.")


@st.composite
def sort_specs(draw: st.DrawFn) -> SortSpec:
    n_cells = draw(st.integers(0, 500))
    central = draw(st.booleans())
    shares = st.builds(
        AlgotypeShare,
        algotype=st.sampled_from(ALGOTYPES),
        parts=st.integers(1, 9),
        descending=st.booleans(),
    )
    return SortSpec(
        n_cells=n_cells,
        value_mode=draw(st.sampled_from(["permutation", "duplicates", "reversed"])),
        n_copies=draw(st.integers(1, 50)),
        algotypes=tuple(draw(st.lists(shares, min_size=1, max_size=1 if central else 4))),
        control="traditional" if central else "cell view",
        n_frozen=draw(st.integers(0, n_cells)),
        scheduler=draw(st.sampled_from(["burst", "uniform", "sweep", "synchronous"])),
        mean_burst=draw(st.floats(1.0, 1000.0)),
        seed=draw(st.integers(0, 2**64 - 1)),
        dg_early_return=draw(st.booleans()),
    )


@given(sort_specs())
@settings(max_examples=60, deadline=None)
def test_a_spec_survives_the_controls(spec):
    controls = controls_from_spec(SortSpec)()
    controls.take(spec)
    assert controls.spec() == spec
    assert controls_from_spec(SortSpec, spec)().spec() == spec


@given(sort_specs(), st.integers(1, 1000))
@settings(max_examples=30, deadline=None)
def test_a_nested_spec_survives_the_controls(run, n_runs):
    controls = controls_from_spec(EnsembleSpec)()
    spec = EnsembleSpec(run=run, n_runs=n_runs)
    controls.take(spec)
    assert controls.spec() == spec
    assert controls.inner["run"].spec() == run


@pytest.mark.parametrize("name", LISTED)
def test_controls_open_with_the_experiments_own_spec(name):
    experiment = registry.experiment(name)
    assert controls_from_spec(experiment.spec, experiment.default())().spec() == (
        experiment.default()
    )


@pytest.mark.parametrize("name", LISTED)
def test_every_knob_says_what_it_is(name):
    for knob_ in knobs(registry.experiment(name).spec):
        assert knob_.label, knob_.name
        assert knob_.help.endswith("."), knob_.name


def test_knobs_carry_what_the_spec_declares():
    found = {knob_.name: knob_ for knob_ in knobs(ToySpec)}
    assert [knob_.kind for knob_ in found.values()] == [
        "int", "float", "bool", "choice", "text", "other",
    ]  # fmt: skip
    assert (found["n_cells"].low, found["n_cells"].high) == (1, 9)
    assert found["n_cells"].unit == "cells"
    assert found["speed"].soft == (0.1, 1.0)
    assert found["shape"].choices == ("sine", "square")


@pytest.mark.parametrize(
    ("field", "value"),
    [("n_cells", 0), ("n_cells", 10), ("n_cells", 2.5), ("shape", "saw"), ("frozen", "yes")],
)
def test_a_value_outside_its_field_is_refused_where_it_is_set(field, value):
    controls = controls_from_spec(ToySpec)()
    before = controls.spec()
    with pytest.raises(ValueError, match=field):
        setattr(controls, field, value)
    assert controls.spec() == before


@pytest.mark.parametrize(("field", "value"), [("speed", 2.0), ("speed", 0.0), ("title", "x" * 9)])
def test_what_only_the_spec_can_judge_is_a_sentence(field, value):
    controls = controls_from_spec(ToySpec)()
    setattr(controls, field, value)
    with pytest.raises(SpecError, match=f"(?i){field}: "):
        controls.spec()
    assert controls.spec_or_none() is None


def test_a_change_inside_rises_to_the_outer_spec():
    controls = controls_from_spec(EnsembleSpec)()
    heard: list[SortSpec] = []
    controls.param.watch(lambda event: heard.append(event.new), "run")
    controls.inner["run"].n_cells = 33
    assert controls.spec().run.n_cells == 33
    assert [run.n_cells for run in heard] == [33]


def test_a_change_outside_sinks_to_the_inner_knobs_at_once():
    controls = controls_from_spec(EnsembleSpec)()
    told: list[int] = []
    controls.inner["run"].param.watch(lambda *events: told.append(len(events)), ["n_cells", "seed"])
    controls.run = SortSpec(n_cells=12, seed=7)
    assert (controls.inner["run"].n_cells, controls.inner["run"].seed) == (12, 7)
    assert told == [2]


def test_an_inner_value_that_does_not_fit_stays_inside_and_is_named():
    controls = controls_from_spec(EnsembleSpec)()
    before = controls.run
    controls.inner["run"].n_frozen = before.n_cells + 1
    assert controls.run == before
    with pytest.raises(SpecError, match="cannot be frozen"):
        controls.spec()
    controls.inner["run"].n_frozen = 2
    assert controls.spec().run == before.replace(n_frozen=2)


def test_two_sets_of_knobs_do_not_share_values():
    first, second = controls_from_spec(EnsembleSpec)(), controls_from_spec(EnsembleSpec)()
    first.inner["run"].n_cells = 3
    first.n_runs = 9
    assert second.spec() == EnsembleSpec()


def test_taking_a_spec_tells_watchers_once():
    controls = controls_from_spec(SortSpec)()
    calls: list[int] = []
    names = [name for name in controls.param if name != "name"]
    controls.param.watch(lambda *events: calls.append(len(events)), names)
    controls.take(SortSpec(n_cells=7, seed=3, scheduler="uniform"))
    assert len(calls) == 1


def test_controls_are_named_after_their_spec():
    made = controls_from_spec(SortSpec)
    assert made.__name__ == "SortControls"
    assert issubclass(made, Controls)


@pytest.mark.parametrize("name", ["name", "spec", "take", "inner", "param"])
def test_a_field_cannot_take_a_word_of_the_controls(name):
    made = type("MadeSpec", (Spec,), {"__annotations__": {name: int}, name: 1})
    with pytest.raises(TypeError, match=f"another name for its field '{name}'"):
        controls_from_spec(made)


def test_bounds_are_the_first_whole_number_inside_an_open_end():
    class OpenSpec(Spec):
        n_open: int = knob(1, label="Open", help="Ends left out.", gt=0, lt=2**64)
        share: float = knob(0.5, label="Share", help="Ends left out.", gt=0.0, lt=1.0)

    n_open, share = knobs(OpenSpec)
    assert (n_open.low, n_open.high) == (1, 2**64 - 1)
    assert (share.low, share.high) == (0.0, 1.0)
