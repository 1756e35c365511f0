"""A large wiring beside random ones like it: what that size allows, exactly or sampled."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.large.spec import LargeSpec
from engines.connectome.nulls import measuring
from engines.connectome.nulls.measured import Measures
from engines.connectome.nulls.run import NullRun
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph


def null_steps(
    graph: Graph, connectome: Connectome, spec: LargeSpec
) -> Iterator[tuple[int, Measures]]:
    """How many nulls are drawn, and the measures held against them."""
    asked = spec.measures
    seen = measuring.observation(graph, asked)
    run = NullRun(graph, asked, connectome)
    for n_done in run.batches():
        seen.strong.until(n_done, run.seeds)
        yield n_done, measuring.joined(seen, run.numbers())
