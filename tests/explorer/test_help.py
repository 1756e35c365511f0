"""Help: the keys, the tours, the sources, and the known answers on demand."""

from __future__ import annotations

import pytest

from engines.answers.experiments.known.verify import Verification, VerifyFrame, VerifySpec
from engines.contract import SpecError, Verdict
from engines.running import registry
from engines.running.compute import InProcess, Job, JobState, Status
from explorer.help import KEYS, Help
from explorer.tours import tours

GOOD = Verdict("swaps", "closed form", 2.0, 0.0, 2.0)
BAD = Verdict("clusters", "Figure 4", 0.72, 0.02, 0.9)


class Desk(InProcess):
    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job] = []
        self.recomputed: list[bool] = []

    def submit(self, spec, *, owner="", view="", recompute=False):
        self.recomputed.append(recompute)
        self.jobs.append(Job("answers/verify", spec, owner, view))
        return self.jobs[-1]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def help_(desk) -> Help:
    made = Help(desk, "me", "sorting")
    made.toggle()
    return made


def section(help_: Help, title: str) -> dict:
    (found,) = (s for s in help_.facts.sections if s.get("title") == title)
    return found


def test_nothing_is_computed_until_somebody_asks(help_, desk):
    assert help_.dialog.open
    assert desk.jobs == []
    assert section(help_, "Keys")["rows"] == KEYS
    assert "rows" not in section(help_, "Known answers")


def test_tours_and_sources_of_the_workbench_are_listed(help_):
    mine = [t for t in tours().values() if t.experiment.startswith("sorting/")]
    assert section(help_, "Tours")["links"] == [[t.title, f"./sorting?tour={t.name}"] for t in mine]
    papers = {registry.experiment(name).card.paper for name in registry.listed("sorting")}
    assert [row[0] for row in section(help_, "Sources")["rows"]] == sorted(papers)


def test_the_front_page_has_help_about_everything(desk):
    help_ = Help(desk, "me")
    help_.toggle()
    assert len(section(help_, "Tours")["links"]) == len(tours())
    help_.facts._handle_msg({"id": "verify"})
    assert desk.jobs[0].spec == VerifySpec(workbench="")


def test_answers_appear_as_they_come_and_are_always_computed_anew(help_, desk):
    help_.facts._handle_msg({"id": "verify"})
    (job,) = desk.jobs
    assert (job.spec, desk.recomputed) == (VerifySpec(workbench="sorting"), [True])
    assert section(help_, "Known answers")["note"] == "computing…"
    job.tell(JobState(Status.RUNNING), frame=VerifyFrame((GOOD,)))
    assert len(section(help_, "Known answers")["rows"]) == 1
    job.tell(JobState(Status.DONE), result=Verification((GOOD, BAD)))
    rows = section(help_, "Known answers")["rows"]
    assert [row[0] for row in rows] == [
        {"text": "swaps", "title": "closed form"},
        {"text": "clusters", "title": "Figure 4"},
    ]
    assert [row[-1] for row in rows] == [
        {"text": "reproduced", "tone": "good"},
        {"text": "DIFFERS", "tone": "warning"},
    ]
    assert len(section(help_, "Known answers")["columns"]) == len(rows[0])


def test_a_check_that_fails_is_a_sentence(help_, desk):
    help_.facts._handle_msg({"id": "verify"})
    desk.jobs[0].tell(JobState(Status.CRASHED, sentence="The engine ended; try again."))
    assert section(help_, "Known answers")["note"] == "The engine ended; try again."


def test_an_engine_that_refuses_is_a_sentence(help_, desk, monkeypatch):
    def refuse(*_args, **_who):
        raise SpecError("the queue is full; wait")

    monkeypatch.setattr(desk, "submit", refuse)
    help_.facts._handle_msg({"id": "verify"})
    assert section(help_, "Known answers")["note"] == "the queue is full; wait"


def test_versions_are_named():
    asked = Help(Desk(), "me")
    asked.toggle()
    note = asked.facts.sections[-1]["note"]
    for name in ("Neural Explorer", "Python", "panel", "bokeh", "numpy", "numba", "torch"):
        assert name in note
