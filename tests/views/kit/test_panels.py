"""Widgets from knobs: the same words, both directions, and a sentence for what does not fit."""

from __future__ import annotations

import math
from typing import Literal

import panel_material_ui as pmui
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import ExplorerError, InputError, Seed, Spec, SpecError, knob
from engines.running import registry
from engines.sorting.model import EnsembleSpec, SortSpec
from views.kit.controls import controls_from_spec, knobs
from views.kit.number import DigitsKnob, NumberKnob
from views.kit.panels import grouped_widgets, widget_from_knob

LISTED = [name for bench in registry.workbenches() for name in registry.listed(bench)]
BROWSERS_COUNT_TO = 2**53


class ToySpec(Spec):
    """Knobs of several kinds, one of them only now and then of use."""

    mode: Literal["plain", "odd"] = knob("plain", label="Mode", help="How.")
    n_odd: int = knob(3, label="Odd ones", help="How many.", when={"mode": ("odd",)}, ge=0, le=9)
    gain: float = knob(
        1.0, label="Gain", help="How much.", unit="dB", soft=(0.1, 100.0), log=True, group="Sound"
    )
    places: tuple[float, ...] = knob((1.0,), label="Places", help="Where.", max_length=3)
    plan: Literal["one", "two", "three", "four", "five"] = knob("one", label="Plan", help="Which.")
    secret: int = knob(0, label="Secret", help="Not for people.", widget="hidden")
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal runs.")


def widget_of(controls, name):
    (found,) = (k for k in knobs(controls.spec_type) if k.name == name)
    return widget_from_knob(controls, found)


@pytest.fixture
def controls():
    return controls_from_spec(ToySpec)()


@pytest.mark.parametrize("name", LISTED)
def test_label_unit_and_help_of_every_knob_reach_its_widget(name):
    controls = controls_from_spec(registry.experiment(name).spec)()
    n_shown = 0
    for set_ in (controls, *controls.inner.values()):
        for knob_ in knobs(set_.spec_type):
            widget = widget_from_knob(set_, knob_)
            shown = knob_.kind != "spec" and knob_.widget != "hidden"
            assert (widget is not None) == shown
            n_shown += shown
            if widget is None:
                continue
            if isinstance(widget, NumberKnob | DigitsKnob):
                said = (widget.label, widget.unit, widget.help)
                assert said == (knob_.label, knob_.unit, knob_.help)
            else:
                unit = f" ({knob_.unit})" if knob_.unit else ""
                assert widget.label == knob_.label + unit
                assert widget.description == knob_.help
    assert n_shown


def test_widgets_stand_in_the_specs_order_and_groups(controls):
    groups = grouped_widgets(controls, skip=("plan",))
    assert list(groups) == ["Settings", "Sound"]
    assert [w.label for w in groups["Settings"]] == ["Mode", "Odd ones", "Places", "Seed"]
    assert [w.label for w in groups["Sound"]] == ["Gain"]


def test_knobs_of_a_nested_spec_stand_beside_the_outer_ones():
    groups = grouped_widgets(controls_from_spec(EnsembleSpec)())
    labels = {name: [w.label for w in widgets] for name, widgets in groups.items()}
    assert "Cells" in labels["Array"]
    assert labels["Settings"] == ["Runs"]


def test_a_few_short_choices_are_segments_and_many_are_a_menu(controls):
    assert isinstance(widget_of(controls, "mode"), pmui.RadioButtonGroup)
    assert isinstance(widget_of(controls, "plan"), pmui.Select)


def test_a_knob_that_does_not_matter_is_hidden(controls):
    widgets = {w.label: w for w in grouped_widgets(controls)["Settings"]}
    assert not widgets["Odd ones"].visible
    controls.mode = "odd"
    assert widgets["Odd ones"].visible
    controls.mode = "plain"
    assert not widgets["Odd ones"].visible


def test_the_widget_follows_the_controls_and_they_follow_it(controls):
    for name, first, second in (
        ("n_odd", 5, 7), ("gain", 2.5, 9.0), ("mode", "odd", "plain"), ("plan", "two", "five"),
    ):  # fmt: skip
        widget = widget_of(controls, name)
        setattr(controls, name, first)
        assert widget.value == first
        widget.value = second
        assert getattr(controls, name) == second


def test_a_whole_number_stays_whole(controls):
    widget = widget_of(controls, "n_odd")
    widget.value = 4.0
    assert type(controls.n_odd) is int


def test_a_slider_spans_the_soft_range_and_the_bounds_stay_hard(controls):
    gain, n_odd = widget_of(controls, "gain"), widget_of(controls, "n_odd")
    assert (gain.low, gain.high, gain.least, gain.most, gain.log) == (0.1, 100.0, None, None, True)
    assert (n_odd.low, n_odd.high, n_odd.least, n_odd.most) == (0.0, 9.0, 0.0, 9.0)


# Seeds ------------------------------------------------------------------------------------------


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
@settings(max_examples=40, deadline=None)
def test_every_digit_of_a_seed_survives_both_ways(shown, typed):
    controls = controls_from_spec(ToySpec)()
    widget = widget_of(controls, "seed")
    controls.seed = shown
    assert widget.digits == str(shown)  # text: browsers round whole numbers beyond 2**53
    assert controls.seed == shown
    widget.digits = str(typed)
    assert controls.seed == typed


def test_no_number_that_browsers_would_round_is_sent_as_a_number():
    for name in LISTED:
        controls = controls_from_spec(registry.experiment(name).spec)()
        for set_ in (controls, *controls.inner.values()):
            for knob_ in knobs(set_.spec_type):
                if isinstance(widget_from_knob(set_, knob_), NumberKnob) and knob_.kind == "int":
                    assert knob_.high is not None
                    assert knob_.high <= BROWSERS_COUNT_TO


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "1.5", "1e3", "seven", str(2**64), "9" * 5000, "١٢", " "],
    ids=["empty", "negative", "fraction", "exponent", "word", "2**64", "long", "arabic", "blank"],
)
def test_what_is_no_seed_is_refused_and_the_old_one_stays(controls, typed):
    widget = widget_of(controls, "seed")
    controls.seed = 2**64 - 1
    with pytest.raises(InputError, match="Seed must be a whole number from 0 to 18,446,744"):
        widget.digits = typed
    assert controls.seed == 2**64 - 1
    assert widget.digits == str(2**64 - 1)
    assert controls.spec().seed == 2**64 - 1


# JSON -------------------------------------------------------------------------------------------


def test_a_list_of_numbers_is_shown_and_read_without_brackets(controls):
    widget = widget_of(controls, "places")
    assert widget.value == "1"
    widget.value = "2.5, 3"
    assert controls.places == (2.5, 3.0)
    widget.value = "[4, 0.1]"
    assert controls.places == (4.0, 0.1)
    assert widget.value == "4, 0.1"
    controls.places = ()
    assert widget.value == ""
    controls.places = (math.inf, 2.0)
    assert widget.value == "Infinity, 2"


@pytest.mark.parametrize(
    ("typed", "error", "said"),
    [
        ("[1,", InputError, "Places must be values between commas"),
        ("1 2", InputError, "Places must be values between commas"),
        ('["a"]', SpecError, "number"),
        ("[1, 2, 3, 4]", SpecError, "at most 3"),
        ('{"a": 1}', SpecError, "valid number"),
        ("[" * 5_000, InputError, "Places must be values between commas"),
    ],
)
def test_what_is_no_such_json_is_refused_with_a_sentence(controls, typed, error, said):
    widget = widget_of(controls, "places")
    before = widget.value
    with pytest.raises(error, match=said):
        widget.value = typed
    assert controls.places == (1.0,)
    assert widget.value == before


def test_json_is_refused_while_other_knobs_do_not_fit_together():
    controls = controls_from_spec(SortSpec)()
    widget = widget_of(controls, "frozen_at")
    controls.n_frozen = controls.n_cells + 1
    with pytest.raises(ExplorerError, match="cannot be frozen"):
        widget.value = "[1]"
    assert widget.value == ""
    assert controls.frozen_at == ()


def test_infinite_values_are_shown_and_read_as_such():
    start = SortSpec(own_values=(1.5, math.inf, -math.inf))
    controls = controls_from_spec(SortSpec, start)()
    widget = widget_of(controls, "own_values")
    assert widget.value == "[1.5,Infinity,-Infinity]"
    widget.value = "[2.5,-Infinity,Infinity]"
    assert controls.own_values == (2.5, -math.inf, math.inf)
