"""Specs are strict, frozen, canonical; experiments and verdicts do what they say."""

import math
from dataclasses import FrozenInstanceError, dataclass
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from engines.contract import (
    Card,
    Experiment,
    ExplorerError,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    SpecError,
    Verdict,
    knob,
)


class PlantSpec(Spec):
    n_leaves: int = knob(
        5, label="Leaves", help="How many leaves.", unit="leaf", ge=0, le=100, marks={7: "paper"}
    )
    height_m: float = knob(1.0, label="Height", help="How tall.", unit="m", gt=0)
    colour: Literal["green", "red"] = "green"
    depths: tuple[Annotated[int, Field(ge=0)], ...] = ()
    seed: Seed = 0


specs = st.builds(
    PlantSpec,
    n_leaves=st.integers(0, 100),
    height_m=st.floats(1e-6, 1e6),
    colour=st.sampled_from(["green", "red"]),
    depths=st.lists(st.integers(0, 2**40)).map(tuple),
    seed=st.integers(0, 2**64 - 1),
)


@given(specs)
def test_a_spec_survives_json_with_every_bit(spec):
    again = PlantSpec.from_json(spec.to_json())
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.to_json() == spec.to_json()
    assert again.digest() == spec.digest()


@given(specs, specs)
def test_digests_are_equal_exactly_when_specs_are(one, other):
    assert (one.digest() == other.digest()) == (one == other)


@given(specs)
def test_changes_rebuild_the_spec(spec):
    import json

    assert PlantSpec.from_json(json.dumps(spec.changes())) == spec


def test_two_kinds_of_spec_never_share_a_digest():
    class OtherSpec(PlantSpec):
        pass

    assert OtherSpec().digest() != PlantSpec().digest()


def test_specs_are_frozen():
    with pytest.raises(Exception, match="frozen"):
        PlantSpec().n_leaves = 3


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"n_leaves": 101}, r"Leaves: .*less than or equal to 100 \(got 101\)"),
        ({"n_leaves": "5"}, "Leaves: .*integer"),
        ({"n_leaves": 5.0}, "Leaves: .*integer"),
        ({"n_leaves": True}, "Leaves: "),
        ({"height_m": math.nan}, "Height: .*finite"),
        ({"height_m": math.inf}, "Height: .*finite"),
        ({"height_m": 0.0}, "Height: .*greater than 0"),
        ({"colour": "blue"}, "'green' or 'red'"),
        ({"leaves": 5}, "PlantSpec has no field 'leaves'"),
        ({"seed": -1}, "seed: .*greater than or equal to 0"),
        ({"seed": 2**64}, "seed: .*less than"),
        ({"depths": (1, -1)}, "greater than or equal to 0"),
    ],
)
def test_wrong_fields_are_answered_with_a_sentence(fields, sentence):
    with pytest.raises(SpecError, match=sentence):
        PlantSpec(**fields)


def test_several_wrong_fields_are_all_named():
    with pytest.raises(SpecError, match=r"Leaves.*; .*Height"):
        PlantSpec(n_leaves=-1, height_m=-1.0)


def test_long_input_is_cut_in_the_sentence():
    with pytest.raises(SpecError) as caught:
        PlantSpec(colour="x" * 10_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"n_leaves": 1e400}', '{"a": 1}', '{"n_leaves": NaN}', "\ud800"],
)
def test_json_that_does_not_fit_is_refused(text):
    with pytest.raises((SpecError, UnicodeEncodeError)):
        PlantSpec.from_json(text)


def test_replace_checks_what_it_replaces():
    assert PlantSpec().replace(n_leaves=7).n_leaves == 7
    with pytest.raises(SpecError):
        PlantSpec().replace(n_leaves=-7)


def test_a_knob_carries_what_a_control_needs():
    field = PlantSpec.model_fields["n_leaves"]
    assert field.title == "Leaves"
    assert field.json_schema_extra["unit"] == "leaf"
    assert field.json_schema_extra["marks"] == {"7": "paper"}


@dataclass(frozen=True)
class Count(Result):
    n: int


def count(spec):
    yield Frame(fraction=0.0)
    yield Count(spec.n_leaves)


def test_an_experiment_runs_to_its_result():
    experiment = Experiment(PlantSpec, count, Card("plant", "it grows", "none"))
    assert experiment.result(PlantSpec(n_leaves=9)) == Count(9)
    assert experiment.default() == PlantSpec()
    assert experiment.known_answers() == ()
    assert experiment.seconds(PlantSpec()) == 0.0


def test_the_first_preset_is_the_default():
    presets = {"bush": PlantSpec(n_leaves=50), "bare": PlantSpec(n_leaves=0)}
    assert Experiment(PlantSpec, count, Card("", "", ""), presets).default().n_leaves == 50


def test_an_experiment_without_a_result_says_so():
    experiment = Experiment(PlantSpec, lambda _: iter(()), Card("plant", "", ""))
    with pytest.raises(ExplorerError, match="'plant' ended without a result"):
        experiment.result(PlantSpec())


def test_a_verdict_compares_within_the_tolerance():
    answer = KnownAnswer("pi", "Archimedes", 3.1415, 0.001, lambda: 22 / 7)
    assert not answer.verdict().reproduced
    assert Verdict("pi", "Archimedes", 3.1415, 0.002, 22 / 7).reproduced
    assert not Verdict("pi", "", 3.0, 1.0, math.nan).reproduced


def test_frames_and_results_are_frozen_and_draw_nothing_by_default():
    assert Frame().pictures() == Result().pictures() == ()
    assert math.isnan(Frame().fraction)
    with pytest.raises(FrozenInstanceError):
        Frame().fraction = 1.0
