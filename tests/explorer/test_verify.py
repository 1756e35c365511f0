"""``verify``: a table that people can read, and an exit status that a script can."""

from __future__ import annotations

import io

import pytest

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    ExplorerError,
    KnownAnswer,
    Result,
    Spec,
    Verdict,
)
from engines.contract.claims import Exceeds
from engines.running import registry
from explorer.command import run
from explorer.verify import COLUMNS, row, verify


class ToySpec(Spec):
    n: int = 0


def answers(*ours: float, full: bool = False) -> tuple[KnownAnswer, ...]:
    return tuple(
        KnownAnswer(f"target {k}", "closed form", 2.0, 0.5, lambda value=value: value, full=full)
        for k, value in enumerate(ours)
    )


@pytest.fixture
def toys(monkeypatch):
    """``toys(2.0, ...)`` makes one workbench whose answers come out like this."""

    def make(*ours: float, extra: tuple[KnownAnswer, ...] = ()) -> None:
        known = (*answers(*ours), *extra)
        toy = Experiment(ToySpec, lambda _: iter(()), Card("", "", ""), known_answers=lambda: known)
        monkeypatch.setattr(registry, "workbenches", lambda: ("answers", "toys"))
        monkeypatch.setattr(registry, "names", lambda _: ("toys/run",))
        monkeypatch.setattr(registry, "experiment", lambda _: toy)

    return make


def claiming(monkeypatch, *ours: float, seconds: float = 0.0) -> None:
    """One workbench with a claim for each of these figures, whose control is 2."""

    def claim(value: float) -> Claim:
        figure = Estimate("size", value, value - 0.5, value + 0.5, 7, "toys")
        control = Estimate.exact("plain", 2.0)
        return Claim(
            f"{value:g} is more.", lambda _r: figure, lambda _r: control, Exceeds(), "A book"
        )

    toy = Experiment(
        ToySpec, lambda _: iter((Result(),)), Card("", "", ""),
        claims=tuple(map(claim, ours)), seconds=lambda _spec: seconds,
    )  # fmt: skip
    monkeypatch.setattr(registry, "workbenches", lambda: ("answers", "toys"))
    monkeypatch.setattr(registry, "names", lambda _: ("toys/run",))
    monkeypatch.setattr(registry, "experiment", lambda _: toy)


def table(workbench: str | None = None, *, full: bool = False) -> tuple[int, list[str]]:
    out = io.StringIO()
    status = verify(workbench, full=full, out=out)
    assert out.getvalue().endswith("\n")
    return status, out.getvalue().splitlines()


def test_all_answers_reproduced_is_success(toys):
    toys(2.0, 2.5, 1.75)
    status, lines = table()
    assert status == 0
    assert lines[0] == "target | source | expected | ours | verdict"
    assert lines[1] == "target 0 | closed form | 2 ± 0.5 | 2 | reproduced"
    assert lines[3] == "target 2 | closed form | 2 ± 0.5 | 1.75 | reproduced"
    assert lines[4].startswith("3 of 3 reproduced, 0 differ, ")
    assert len(lines) == 5


@pytest.mark.parametrize("wrong", [2.51, -2.0, float("nan"), float("inf")])
def test_one_answer_that_differs_is_said_and_is_failure(toys, wrong):
    toys(2.0, wrong)
    status, lines = table("toys")
    assert status == 1
    assert lines[2].endswith(" | DIFFERS")
    assert lines[3].startswith("1 of 2 reproduced, 1 differ, ")


def test_lines_come_as_answers_are_computed(toys):
    out = io.StringIO()
    seen: list[int] = []

    def late() -> float:
        seen.append(out.getvalue().count("closed form"))
        return 2.0

    toys(2.0, extra=(KnownAnswer("target last", "closed form", 2.0, 0.5, late),))
    assert verify(None, full=False, out=out) == 0
    assert seen == [1]


def test_slow_answers_come_with_full(toys):
    toys(2.0, extra=answers(9.0, full=True))
    assert table()[0] == 0
    status, lines = table(full=True)
    assert status == 1
    assert lines[-1].startswith("1 of 2 reproduced")


def test_an_unknown_workbench_is_a_sentence_and_another_status(toys):
    toys(2.0)
    status, lines = table("nowhere")
    assert status == 2
    assert lines[-1] == "no workbench named 'nowhere'; there are: toys"


def test_an_answer_that_cannot_be_computed_is_no_success(toys):
    def refuse() -> float:
        raise ExplorerError("the data file is missing; reinstall")

    toys(2.0, extra=(KnownAnswer("broken", "closed form", 1.0, 0.1, refuse),))
    status, lines = table()
    assert status == 2
    assert lines[-1] == "the data file is missing; reinstall"


def test_the_command_line_prints_the_same_table(toys, capsys):
    toys(2.0, 7.0)
    assert run(["verify", "toys"]) == 1
    assert "target 1 | closed form | 2 ± 0.5 | 7 | DIFFERS" in capsys.readouterr().out
    assert run(["verify", "nowhere"]) == 2


def test_a_row_has_a_cell_per_column():
    found = row(Verdict("swaps", "Figure 4", 1740.9, 52.227, 1723.456789))
    assert found == ("swaps", "Figure 4", "1740.9 ± 52.227", "1723.5", "reproduced")
    assert len(found) == len(COLUMNS)


def test_the_closed_forms_of_the_sorting_workbench_are_reproduced():
    closed = registry.experiment("sorting/run").known_answers()
    assert closed
    assert all(answer.verdict().reproduced for answer in closed if not answer.full)


def test_claims_are_printed_and_one_that_differs_is_no_failure(monkeypatch):
    claiming(monkeypatch, 3.0, 1.0, 2.1)
    status, lines = table()
    assert status == 0
    assert lines[2] == "claim | source | published | ours | control | verdict"
    assert lines[3] == (
        "toys/run: 3 is more. | A book |  | 3 [2.5, 3.5], n = 7 toys | 2 (plain) | holds"
    )
    assert lines[4].endswith(" | differs")
    assert lines[5].endswith(" | no difference seen at n = 7 toys")
    assert lines[6] == "claims: 1 holds, 1 differs, 1 no difference seen"


def test_claims_of_long_runs_come_with_full(monkeypatch):
    claiming(monkeypatch, 3.0, seconds=60.0)
    assert table()[1][-1] == "claims: 1 more with --full"
    assert table(full=True)[1][-1] == "claims: 1 holds"
