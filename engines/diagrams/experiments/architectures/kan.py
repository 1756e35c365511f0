"""Functions on edges: a network whose wires learn and whose nodes only add, beside perceptrons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, Exceeds
from engines.diagrams.edges.asked import (
    GAUSSIANS,
    NO_SPLINES,
    ONE,
    RECURSION,
    SPLINES,
    KanSpec,
)
from engines.diagrams.edges.results import UNIT, KanFrame, KanResult
from engines.lab.statistics import mean_over

_PAPER = "Liu et al. 2024, KAN: Kolmogorov-Arnold networks, arXiv 2404.19756"
_GAUSSIANS = "Li 2024, Kolmogorov-Arnold networks are radial basis function networks, 2405.06721"
_FAIRER = "Yu et al. 2024, KAN or MLP: a fairer comparison, arXiv 2407.16674"


def frames(spec: KanSpec) -> Iterator[KanFrame | KanResult]:
    """Functions and errors as they are learnt, and the comparison last."""
    from engines.diagrams.edges.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Splines against scipy and against their recursion, parameters against a count by hand."""
    from engines.diagrams.edges.answers import answers

    return answers()


Figure = Callable[[KanResult], Estimate | None]


def _when(preset: str, figure: Figure) -> Figure:
    """A figure of runs that learn what a preset learns, as wide and as long."""

    def found(run: KanResult) -> Estimate | None:
        asked, fields = PRESETS[preset], ("task", "n_hidden", "n_steps", "learning_rate")
        same = all(getattr(run.spec, name) == getattr(asked, name) for name in fields)
        return figure(run) if same else None

    return found


def _ratio(one: str, run: KanResult) -> Estimate | None:
    return run.ratio(one, run.better_mlp)


def _half(preset: str, formula: str, level: float = 0.5) -> Claim:
    """That splines have at most this share of the better perceptron's error."""
    return Claim(
        f"Of as many parameters, a KAN ends with at most {level:g} of the error of the better of "
        f"two perceptrons on {formula}.",
        figure=_when(preset, partial(_ratio, SPLINES)),
        control=partial(_ratio, NO_SPLINES),
        holds_when=AtMost(level),
        source=f"{_PAPER}; {level:g} is our floor",
        preset="" if preset == _FIRST else preset,
    )


def _right(name: str, run: KanResult) -> Estimate | None:
    return mean_over(1.0 - run.ends[name], of=f"share right, {name}", unit=UNIT)


def _right_apart(run: KanResult) -> Estimate | None:
    apart = run.ends[SPLINES] - run.ends[run.better_mlp]
    return mean_over(apart, of=f"share right, {run.better_mlp} less KAN", unit=UNIT)


def _found(run: KanResult) -> Estimate | None:
    if not run.alike.size:
        return None
    worse = run.alike.min(axis=0)
    return mean_over(worse, of="correlation with sin(pi x) and y², the lesser", unit=UNIT)


def _time(one: str, other: str, run: KanResult) -> Estimate | None:
    return run.time_ratio(one, other)


_FIRST, _WAVES, _QUOTIENT = "exp(sin(pi x) + y²)", "Waves: sin(8 x) cos(5 y)", "x z² / (y + 1.5)"
_READ, _DIGITS, _COST = "Small enough to read", "Digits", "What a basis costs"
PRESETS = {
    _FIRST: KanSpec(),
    _READ: KanSpec(n_hidden=1, n_steps=1_500),
    "Product: x y": KanSpec(task="x y"),
    _WAVES: KanSpec(task="sin(8 x) cos(5 y)"),
    _QUOTIENT: KanSpec(task="x z² / (y + 1.5)"),
    _DIGITS: KanSpec(task="digits", n_hidden=8, n_steps=500),
    _COST: KanSpec(recursion=True, n_steps=300, n_nets=5),
    "Five times the steps": KanSpec(n_steps=4_000),
}

CLAIMS = (
    _half(_FIRST, "exp(sin(pi x) + y²)"),
    _half(_WAVES, "sin(8 x) cos(5 y)"),
    _half(_QUOTIENT, "x z² / (y + 1.5)", 1.0),
    Claim(
        "Gaussians in place of splines are as good: at most 1.3 times the error. It is the edges, "
        "not the splines.",
        figure=_when(_FIRST, lambda run: run.ratio(GAUSSIANS, SPLINES)),
        control=lambda run: run.ratio(NO_SPLINES, SPLINES),
        holds_when=AtMost(1.3),
        source=f"{_GAUSSIANS}; 1.3 is our floor",
    ),
    Claim(
        "Gaussians need at most 0.4 of the time of splines, those by the four that are not 0.",
        figure=_when(_FIRST, partial(_time, GAUSSIANS, SPLINES)),
        control=partial(_time, ONE, SPLINES),
        holds_when=AtMost(0.4),
        source=f"{_GAUSSIANS}; 0.4 is our floor",
    ),
    Claim(
        "Gaussians need at most 0.4 of the time of splines by recursion, as published.",
        figure=_when(_COST, partial(_time, GAUSSIANS, RECURSION)),
        control=partial(_time, SPLINES, RECURSION),
        holds_when=AtMost(0.4),
        source=f"{_GAUSSIANS}; 0.4 is our floor",
        preset=_COST,
    ),
    Claim(
        "Perceptrons of as many parameters are ahead on digits, by more than 0.3 points.",
        figure=_when(_DIGITS, lambda run: _right(run.better_mlp, run)),
        control=partial(_right, SPLINES),
        difference=_right_apart,
        holds_when=Exceeds(by=0.003),
        source=f"{_FAIRER}; 0.3 points is our floor",
        preset=_DIGITS,
    ),
    Claim(
        "A KAN with a single sum finds the functions of the formula: on its edges stand sin(pi x) "
        "and y², but for scale and shift.",
        figure=_when(_READ, _found),
        control=lambda _run: Estimate.exact("a line with y²", 0.0, "closed form"),
        holds_when=AtLeast(0.95),
        source=f"{_PAPER}; 0.95 is our floor",
        preset=_READ,
    ),
)  # fmt: skip


def _seconds(spec: KanSpec) -> float:
    edges = (64 + 10 if spec.classifies else 4) * spec.n_hidden
    each = 8e-7 * edges * (128 if spec.classifies else 1_000) * (3.0 if spec.recursion else 1.0)
    return 2.0 + spec.n_steps * spec.n_nets * (each / 10 + 4e-4)


EXPERIMENT = Experiment(
    spec=KanSpec,
    frames=frames,
    card=Card(
        title="Functions on edges",
        claim="A KAN learns a function on every wire, and its nodes only add. Beside perceptrons "
        "of as many parameters it is ahead on formulas and behind on digits, at several times "
        "the time.",
        paper="Liu et al. 2024, KAN: Kolmogorov-Arnold networks",
        link="https://arxiv.org/abs/2404.19756",
        related=("diagrams/race",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=10,
)
