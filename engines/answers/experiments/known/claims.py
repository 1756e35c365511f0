"""Claims of a workbench, judged here and now: each on the run that tests it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engines.contract import (
    Card,
    Experiment,
    ExplorerError,
    Finding,
    Frame,
    Result,
    Spec,
    SpecError,
    knob,
)
from engines.running import registry

CHEAP_S = 3.0
"""Runs that take longer come with ``full`` only."""


class ClaimsSpec(Spec):
    """Whose claims to judge."""

    workbench: str = knob("", label="Workbench", help="One workbench, or all when empty.")
    full: bool = knob(False, label="Full", help="Also those whose runs are long.")


@dataclass(frozen=True)
class Judged:
    """A finding and whose it is."""

    experiment: str
    finding: Finding


@dataclass(frozen=True)
class ClaimsFrame(Frame):
    """What is judged so far."""

    judged: tuple[Judged, ...]


@dataclass(frozen=True)
class Claimed(Result):
    """All findings, in the order of the experiments' names."""

    judged: tuple[Judged, ...]
    n_left: int
    """How many claims wait for ``full``."""


def frames(spec: ClaimsSpec) -> Iterator[Frame | Result]:
    """One frame per run.

    Raises:
        SpecError: no such workbench; the message lists those there are.
    """
    chosen, n_left = runs(spec)
    judged: list[Judged] = []
    for k, (name, preset) in enumerate(chosen):
        yield ClaimsFrame(tuple(judged), fraction=k / len(chosen))
        judged += of_run(name, preset)
    yield Claimed(tuple(judged), n_left)


def runs(spec: ClaimsSpec) -> tuple[list[tuple[str, str]], int]:
    """(experiment, preset) of the runs that test the claims asked for, and how many are left out.

    Raises:
        SpecError: no such workbench; the message lists those there are.
    """
    there = [name for name in registry.workbenches() if name != "answers"]
    if spec.workbench and spec.workbench not in there:
        raise SpecError(f"no workbench named {spec.workbench!r}; there are: {', '.join(there)}")
    chosen: dict[tuple[str, str], None] = {}
    n_left = 0
    for workbench in [spec.workbench] if spec.workbench else there:
        for name in registry.names(workbench):
            found = registry.experiment(name)
            for claim in found.claims:
                cheap = found.seconds(spec_of(found, claim.preset)) <= CHEAP_S
                if cheap or spec.full:
                    chosen[name, claim.preset] = None
                n_left += not (cheap or spec.full)
    return list(chosen), n_left


def spec_of(experiment: Experiment, preset: str) -> Spec:
    """The spec that a claim names by its preset; the first one when it names none.

    Raises:
        ExplorerError: the experiment has no such preset.
    """
    if not preset:
        return experiment.default()
    if preset not in experiment.presets:
        raise ExplorerError(
            f"a claim of {experiment.card.title!r} names the preset {preset!r}; there are: "
            f"{', '.join(experiment.presets)}"
        )
    return experiment.presets[preset]


def of_run(name: str, preset: str) -> list[Judged]:
    """Run an experiment's preset and judge the claims that it tests."""
    experiment = registry.experiment(name)
    result = experiment.result(spec_of(experiment, preset))
    tested = (claim.finding(result) for claim in experiment.claims if claim.preset == preset)
    return [Judged(name, finding) for finding in tested if finding is not None]


EXPERIMENT = Experiment(
    spec=ClaimsSpec,
    frames=frames,
    card=Card("Claims", "What others claim, judged on runs of ours.", "see each source"),
    seconds=lambda _spec: 30.0,
    listed=False,
)
