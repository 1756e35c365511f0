"""Two diagrams side by side, and what really differs."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.diagrams.library import LIBRARY
from engines.diagrams.specs.comparing import ComparedDrawings, CompareSpec


def frames(spec: CompareSpec) -> Iterator[ComparedDrawings]:
    """Both drawings and their differences."""
    from engines.diagrams.comparing.drawings import compared_drawings

    yield compared_drawings(spec)


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
    order=2,
)
