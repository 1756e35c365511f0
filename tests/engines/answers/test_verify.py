"""The known answers as an experiment: every verdict, in order, and none left out."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.answers.experiments.known import verify
from engines.answers.experiments.known.verify import (
    EXPERIMENT,
    Verification,
    VerifyFrame,
    VerifySpec,
    known_answers,
)
from engines.boundary.codec import pack, unpack
from engines.contract import Card, Experiment, KnownAnswer, Spec, SpecError, Verdict
from engines.running import registry


class ToySpec(Spec):
    n: int = 0


computed: list[str] = []


def answer(name: str, ours: float, *, full: bool = False) -> KnownAnswer:
    def compute() -> float:
        computed.append(name)
        return ours

    return KnownAnswer(name, "closed form", 2.0, 0.25, compute, full=full)


ANSWERS = (
    answer("exact", 2.0),
    answer("at the edge", 2.25),
    answer("beyond", 2.5),
    answer("slow", 2.0, full=True),
    answer("nan", math.nan),
)


@pytest.fixture
def toys(monkeypatch):
    """One workbench with two experiments."""
    computed.clear()

    def experiment(name: str) -> Experiment:
        answers = ANSWERS if name == "toys/run" else (answer("other", 2.0),)
        return Experiment(
            ToySpec, lambda _: iter(()), Card("", "", ""), known_answers=lambda: answers
        )

    monkeypatch.setattr(registry, "workbenches", lambda: ("answers", "toys"))
    monkeypatch.setattr(registry, "names", lambda _: ("toys/else", "toys/run"))
    monkeypatch.setattr(registry, "experiment", experiment)


def test_answers_are_computed_one_per_frame(toys):
    items = verify.frames(VerifySpec(workbench="toys"))
    for k in range(5):
        item = next(items)
        assert isinstance(item, VerifyFrame)
        assert len(item.verdicts) == len(computed) == k
        assert item.fraction == k / 5
    result = next(items)
    assert isinstance(result, Verification)
    assert [v.target for v in result.verdicts] == computed
    assert computed == ["other", "exact", "at the edge", "beyond", "nan"]
    assert result.n_failed == 2


def test_slow_answers_are_computed_only_when_asked_for(toys):
    assert "slow" not in [a.target for a in known_answers(VerifySpec())]
    assert "slow" in [a.target for a in known_answers(VerifySpec(full=True))]


def test_an_unknown_workbench_is_a_sentence_that_lists_the_others(toys):
    with pytest.raises(SpecError, match="no workbench named 'nowhere'; there are: toys"):
        EXPERIMENT.result(VerifySpec(workbench="nowhere"))
    with pytest.raises(SpecError, match="no workbench named 'answers'"):
        EXPERIMENT.result(VerifySpec(workbench="answers"))


@given(
    expected=st.floats(-1e6, 1e6),
    tolerance=st.floats(0, 1e3),
    share=st.floats(-3, 3),
)
def test_a_verdict_holds_exactly_within_its_tolerance(expected, tolerance, share):
    verdict = Verdict("", "", expected, tolerance, expected + share * tolerance)
    assert verdict.reproduced == (abs(verdict.ours - expected) <= tolerance)
    assert not Verdict("", "", expected, tolerance, math.nan).reproduced
    assert not Verdict("", "", expected, tolerance, math.inf).reproduced


def test_verdicts_cross_processes(toys):
    result = EXPERIMENT.result(VerifySpec(workbench="toys"))
    again = unpack(pack(result))
    assert [v.target for v in again.verdicts] == [v.target for v in result.verdicts]
    assert again.n_failed == result.n_failed


def test_every_answer_of_every_workbench_names_its_source_and_can_fail():
    found = known_answers(VerifySpec(full=True))
    assert found
    assert len({a.target for a in found}) == len(found)
    for known in found:
        assert known.target, known
        assert known.source, known
        assert math.isfinite(known.expected), known
        assert 0.0 <= known.tolerance < math.inf, known


def test_the_card_is_not_among_those_people_choose_from():
    assert registry.listed("answers") == ()
    assert registry.name_of(VerifySpec) == "answers/verify"
