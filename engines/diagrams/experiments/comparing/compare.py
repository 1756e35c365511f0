"""Two diagrams side by side, and what really differs."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment
from engines.contract.claims import FallsBelow
from engines.diagrams.library import LIBRARY
from engines.diagrams.specs.comparing import ComparedDrawings, CompareSpec
from engines.lab.statistics import rate


def frames(spec: CompareSpec) -> Iterator[ComparedDrawings]:
    """Both drawings and their differences."""
    from engines.diagrams.comparing.drawings import compared_drawings

    yield compared_drawings(spec)


def rewrites(result: ComparedDrawings) -> Estimate | None:
    """How often the first text differs from itself, written otherwise."""
    return _share(result.rewritten, "rewrites of the first text that are told to differ")


def alterations(result: ComparedDrawings) -> Estimate | None:
    """How often one alteration in such a rewrite is told."""
    return _share(result.altered, "rewrites with one alteration that are told to differ")


def _gap(result: ComparedDrawings) -> Estimate | None:
    """Newcombe 1998, method 10 without its correlation: square and add both Wilson intervals."""
    ours, theirs = rewrites(result), alterations(result)
    if ours is None or theirs is None:
        return None
    gap = ours.value - theirs.value
    low = gap - math.hypot(ours.value - ours.low, theirs.high - theirs.value)
    high = gap + math.hypot(ours.high - ours.value, theirs.value - theirs.low)
    of, said = "the first share less the second", "difference of shares, Newcombe interval"
    return Estimate(of, gap, low, high, ours.n, "rewrites", said)


def _share(told: np.ndarray, of: str) -> Estimate | None:
    return rate(int(told.sum()), len(told), of=of, unit="rewrites") if len(told) else None


CLAIM = Claim(
    "Other names for values and another order of lines are no difference; one altered operation, "
    "argument or output is.",
    figure=rewrites,
    control=alterations,
    difference=_gap,
    holds_when=FallsBelow(by=0.9),
    source="a claim of ours about this comparison",
)


def _pair(a: str, b: str) -> CompareSpec:
    return CompareSpec(text=LIBRARY[a].text, other=LIBRARY[b].text)


EXPERIMENT = Experiment(
    spec=CompareSpec,
    frames=frames,
    card=Card(
        title="Two diagrams compared",
        claim="Operations that both have, that only one has, wires that changed, and the exact "
        "difference in costs.",
        paper="none",
    ),
    presets={
        "Post-norm and pre-norm": _pair("post-norm", "pre-norm"),
        "Multi-head and multi-query": _pair("attention", "mqa"),
        "Full and causal attention": _pair("sdpa", "masked"),
        "LSTM and GRU": _pair("lstm", "gru"),
    },
    claims=(CLAIM,),
    order=2,
)
