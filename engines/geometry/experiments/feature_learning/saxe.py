"""Deep linear networks on theory: plateaus and jumps, one mode after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds
from engines.geometry.learning.deep_linear import SaxeRun, SaxeSpec


def frames(spec: SaxeSpec) -> Iterator[Frame | Result]:
    """Moments of gradient descent, and the run last."""
    from engines.geometry.learning.deep_linear import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """The closed form, and the orders of two integrators."""
    from engines.geometry.answers import saxe_answers

    return saxe_answers()


def _ratio(run: SaxeRun) -> Estimate | None:
    """Half time of the weakest mode over that of the strongest."""
    found = run.half_times()
    order = np.argsort(run.spec.strengths)
    ratio = float(found[order[0]] / found[order[-1]]) if len(found) > 1 else np.nan
    if not np.isfinite(ratio):
        return None
    return Estimate.exact("half time, weakest mode over strongest", ratio, "one network, no chance")


CLAIM = Claim(
    "A deep linear network learns strong modes before weak ones.",
    figure=_ratio,
    control=lambda _run: Estimate.exact(
        "the same without a hidden layer", 1.0, "closed form: every mode halves at t = ln 2"
    ),
    holds_when=Exceeds(),
    source="Saxe, McClelland & Ganguli 2014",
)


EXPERIMENT = Experiment(
    spec=SaxeSpec,
    frames=frames,
    card=Card(
        title="Plateau and jump",
        claim="A deep linear network learns the strongest mode first, and each one suddenly: "
        "points of a real network on the lines of the closed form.",
        paper="Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of "
        "learning in deep linear neural networks",
        link="https://arxiv.org/abs/1312.6120",
    ),
    presets={
        "Four modes": SaxeSpec(),
        "Small random weights": SaxeSpec(start="random"),
        "Two modes, nearly alike": SaxeSpec(strengths=(2.0, 1.8), duration=6.0),
        "From a larger start": SaxeSpec(first=0.1, duration=4.0),
    },
    known_answers=known_answers,
    claims=(CLAIM,),
    order=20,
)
