"""A claim ends in one of three words, and the interval decides which."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.boundary.codec import pack, unpack
from engines.contract import Card, Claim, Estimate, Experiment, Finding, Result, Spec, SpecError
from engines.contract.claims import Alike, AtLeast, AtMost, Exceeds, FallsBelow, Near, Seen

NUMBERS = st.integers(-400, 400).map(lambda k: k / 4)
WIDTHS = st.integers(0, 200).map(lambda k: k / 4)


def estimate(value: float, half: float = 0.0, n: int = 10) -> Estimate:
    return Estimate("height", value, value - half, value + half, n, "plants", "t interval")


def lopsided(value: float, below: float, above: float) -> Estimate:
    return Estimate("height", value, value - below, value + above, 10, "plants")


ESTIMATES = st.builds(lopsided, NUMBERS, WIDTHS, WIDTHS)


@dataclass(frozen=True)
class Heights(Result):
    ours: float
    other: float
    half: float = 1.0
    asked: bool = True


def claim(rule, **more) -> Claim:
    return Claim(
        "Watered plants grow taller.",
        lambda r: estimate(r.ours, r.half) if r.asked else None,
        lambda r: estimate(r.other, r.half),
        rule,
        **more,
    )


def word(rule, ours: float, other: float, **more) -> str:
    found = claim(rule, **more).finding(Heights(ours, other))
    assert found is not None
    return found.word


@pytest.mark.parametrize(
    ("ours", "said"), [(10.0, "holds"), (5.5, "no difference seen"), (1.0, "differs")]
)
def test_exceeding_the_control_is_decided_by_the_interval_of_the_difference(ours, said):
    # Half widths of 1 each give sqrt(2) for the difference, which 0.5 does not reach.
    assert word(Exceeds(), ours, 5.0) == said
    assert word(FallsBelow(), -ours, -5.0) == said


@given(ESTIMATES, ESTIMATES)
def test_below_is_above_turned_round(a, b):
    up = Exceeds().word(Seen(a, b, a.less(b)))
    assert FallsBelow().word(Seen(b, a, b.less(a))) == up


@given(ESTIMATES, ESTIMATES)
def test_a_difference_holds_its_value_and_turns_its_sign(a, b):
    one, two = a.less(b), b.less(a)
    assert one.low <= one.value <= one.high
    assert one.low == pytest.approx(-two.high)
    assert one.high == pytest.approx(-two.low)


@given(NUMBERS, WIDTHS, NUMBERS, WIDTHS)
def test_half_widths_of_even_intervals_add_in_squares(x, dx, y, dy):
    # Closed form: the standard error of a difference of two independent estimates.
    found = estimate(x, dx).less(estimate(y, dy))
    assert found.high - found.value == pytest.approx(math.hypot(dx, dy), abs=1e-9)
    assert found.value - found.low == pytest.approx(math.hypot(dx, dy), abs=1e-9)


@given(ESTIMATES)
def test_nothing_is_told_apart_from_itself(a):
    assert Exceeds().word(Seen(a, a, a.less(a))) == "no difference seen"


@pytest.mark.parametrize(
    ("published", "said"), [(10.1, "holds"), (11.0, "no difference seen"), (12.0, "differs")]
)
def test_a_published_figure_is_met_missed_or_not_decided(published, said):
    assert word(Near(0.2), 10.0, 0.0, published=published) == said


def test_an_interval_that_reaches_the_control_proves_no_published_figure():
    assert word(Near(0.2), 10.0, 9.5, published=10.0) == "no difference seen"


def test_a_figure_alone_is_held_against_a_level():
    assert [word(AtLeast(9.0), x, 0.0) for x in (10, 9.5, 7.5)] == [
        "holds",
        "no difference seen",
        "differs",
    ]
    assert [word(AtMost(-9.0), -x, 0.0) for x in (10, 9.5, 7.5)] == [
        "holds",
        "no difference seen",
        "differs",
    ]


def test_alike_wants_the_whole_interval_close():
    assert [word(Alike(2.0), x, 5.0) for x in (5.0, 6.0, 15.0)] == [
        "holds",
        "no difference seen",
        "differs",
    ]


def test_a_difference_measured_plant_by_plant_is_used_where_there_is_one():
    paired = claim(Exceeds(), difference=lambda _r: estimate(0.5, 0.1))
    found = paired.finding(Heights(5.5, 5.0))
    assert found is not None
    assert (found.word, found.difference) == ("holds", estimate(0.5, 0.1))


def test_no_difference_names_the_n_at_which_none_was_seen():
    found = claim(Exceeds()).finding(Heights(5.5, 5.0))
    assert found is not None
    assert found.says == "no difference seen at n = 10 plants"
    assert str(found.figure) == "5.5 [4.5, 6.5], n = 10 plants"


def test_an_interval_that_misses_its_estimate_is_refused():
    with pytest.raises(SpecError, match="does not hold its estimate"):
        Estimate("height", 3.0, 1.0, 2.0)
    with pytest.raises(SpecError, match="does not hold its estimate"):
        Estimate("height", math.nan, math.nan, math.nan)


def test_a_rule_says_what_it_lacks():
    with pytest.raises(SpecError, match="give it one"):
        claim(Near(1.0))
    alone = Claim("x.", lambda _r: estimate(1.0), lambda _r: None, Exceeds())
    with pytest.raises(SpecError, match="there is none"):
        alone.finding(Heights(1.0, 1.0))


def test_an_experiment_judges_the_claims_that_a_run_tests():
    card = Card("Plants", "They grow.", "none")
    grown = Experiment(Spec, lambda _s: iter(()), card, claims=(claim(Exceeds()),))
    (found,) = grown.findings(Heights(10.0, 5.0))
    assert isinstance(found, Finding)
    assert found.word == "holds"
    assert grown.findings(Heights(10.0, 5.0, asked=False)) == ()


def test_a_finding_crosses_processes():
    found = claim(Exceeds()).finding(Heights(10.0, 5.0))
    assert unpack(pack(found)) == found
