"""The unit of the product: one spec, one generator, one card, its known answers and claims.

The page, the engine process, notebooks and ``verify`` know nothing else about an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engines.contract.answers import KnownAnswer
from engines.contract.claims import Claim, Finding
from engines.contract.errors import ExplorerError
from engines.contract.moments import Frame, Result
from engines.contract.sending import Thing
from engines.contract.spec import Spec


@dataclass(frozen=True)
class Card:
    """What an experiment is, for people: shown on the page, in help and in the docs."""

    title: str
    claim: str
    """One sentence: what there is to see."""
    paper: str
    """Authors, year and title, or "none"."""
    link: str = ""
    related: tuple[str, ...] = ()
    """Names of experiments that go with it, where paper and data do not say so already."""
    control_of: str = ""
    """Name of the experiment whose control this is."""

    @property
    def source(self) -> str:
        """The paper, or that there is none."""
        return "Our own, after no paper." if self.paper == "none" else self.paper


def _no_time(_spec: Any) -> float:
    return 0.0


@dataclass(frozen=True)
class Experiment:
    """The unit: spec, generator, card, known answers, claims.

    ``frames`` yields frames at least ten times a second and the result last. It never calls
    back, never prints, holds no globals and draws randomness only from the spec's seed. An
    experiment file imports its heavy modules inside the generator, so that the page can read the
    spec and the card without paying for them.
    """

    spec: type[Spec]
    frames: Callable[[Any], Iterator[Frame | Result]]
    card: Card
    presets: Mapping[str, Spec] = field(default_factory=dict)
    """Named specs; the first is what the page opens with."""
    known_answers: Callable[[], tuple[KnownAnswer, ...]] = tuple
    """Called by ``verify`` only, so that reading an experiment costs nothing."""
    claims: tuple[Claim, ...] = ()
    """What somebody published and a run can test, each with its control."""
    seconds: Callable[[Any], float] = _no_time
    """A guess of the run's length; long runs never stand in the way of short ones."""
    takes: Mapping[type[Thing], Callable[[Any, str], Spec]] = field(default_factory=dict)
    """What it can be sent: by kind, keeps the thing and returns the spec that shows it, with where
    it came from."""
    listed: bool = True
    """False for an experiment that only serves another one's view."""
    order: int = 100
    """Its place among the workbench's experiments; the first is what the workbench opens with."""

    def default(self) -> Spec:
        """The spec the page opens with."""
        return next(iter(self.presets.values()), None) or self.spec()

    def result(self, spec: Spec) -> Result:
        """Run to the end in this process and return the result."""
        for item in self.frames(spec):
            if isinstance(item, Result):
                return item
        raise ExplorerError(f"{self.card.title!r} ended without a result")

    def findings(self, result: Result) -> tuple[Finding, ...]:
        """Every claim that a result tests, judged; the others are left out."""
        judged = (claim.finding(result) for claim in self.claims)
        return tuple(finding for finding in judged if finding is not None)
