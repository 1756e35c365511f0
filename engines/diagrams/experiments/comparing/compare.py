"""Two diagrams side by side, and what really differs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment
from engines.contract.claims import FallsBelow
from engines.diagrams.library import LIBRARY
from engines.diagrams.specs.comparing import ComparedDrawings, CompareSpec
from engines.lab.statistics import mean_over


def frames(spec: CompareSpec) -> Iterator[ComparedDrawings]:
    """Both drawings and their differences."""
    from engines.diagrams.comparing.drawings import compared_drawings

    yield compared_drawings(spec)


def rewrites(result: ComparedDrawings) -> Estimate | None:
    """How often the first text differs from itself, written otherwise."""
    return _share(result.rewritten, "rewrites of the first text that are told to differ")


def alterations(result: ComparedDrawings) -> Estimate | None:
    """How often one altered operation in such a rewrite is told."""
    return _share(result.altered, "rewrites with one altered operation that are told to differ")


def _gap(result: ComparedDrawings) -> Estimate | None:
    return _share(
        result.rewritten.astype(float) - result.altered, "the first less the second, by rewrite"
    )


def _share(told: np.ndarray, of: str) -> Estimate | None:
    return mean_over(told.astype(float), of=of, unit="rewrites") if len(told) > 1 else None


CLAIM = Claim(
    "Other names for values and another order of lines are no difference, one altered operation "
    "is.",
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
