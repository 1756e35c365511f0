"""Known answers of a workbench, computed here and now: target, source, ours, verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engines.contract import (
    Card,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Spec,
    SpecError,
    Verdict,
    knob,
)
from engines.running import registry


class VerifySpec(Spec):
    """Whose answers to check."""

    workbench: str = knob("", label="Workbench", help="One workbench, or all when empty.")
    full: bool = knob(False, label="Full", help="Also the slow ones.")


@dataclass(frozen=True)
class VerifyFrame(Frame):
    """The verdicts so far."""

    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Verification(Result):
    """All verdicts, in the order of the experiments' names."""

    verdicts: tuple[Verdict, ...]

    @property
    def n_failed(self) -> int:
        """How many targets were missed."""
        return sum(not verdict.reproduced for verdict in self.verdicts)


def frames(spec: VerifySpec) -> Iterator[Frame | Result]:
    """One frame per answer.

    Raises:
        SpecError: no such workbench; the message lists those there are.
    """
    answers = known_answers(spec)
    verdicts: list[Verdict] = []
    for answer in answers:
        yield VerifyFrame(tuple(verdicts), fraction=len(verdicts) / len(answers))
        verdicts.append(answer.verdict())
    yield Verification(tuple(verdicts))


def known_answers(spec: VerifySpec) -> tuple[KnownAnswer, ...]:
    """The answers a spec asks for."""
    there = [name for name in registry.workbenches() if name != "answers"]
    if spec.workbench and spec.workbench not in there:
        raise SpecError(f"no workbench named {spec.workbench!r}; there are: {', '.join(there)}")
    chosen = [spec.workbench] if spec.workbench else there
    names = [name for workbench in chosen for name in registry.names(workbench)]
    found = [answer for name in names for answer in registry.experiment(name).known_answers()]
    return tuple(answer for answer in found if spec.full or not answer.full)


EXPERIMENT = Experiment(
    spec=VerifySpec,
    frames=frames,
    card=Card("Known answers", "Our numbers held against those of others.", "see each source"),
    seconds=lambda _spec: 30.0,
    listed=False,
)
