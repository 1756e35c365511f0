"""What is known of graphs that look alike, and that names change no answer."""

from __future__ import annotations

from functools import partial

import numpy as np

from engines.connectome.passing import alike
from engines.contract import KnownAnswer

_KNOWN: dict[tuple[alike.PairName, alike.Told], bool] = {
    ("rings", "messages alone"): False,
    ("molecules", "messages alone"): False,
    ("skips", "messages alone"): False,
    ("boards", "messages alone"): False,
    ("rings", "ego networks, one step"): True,
    ("molecules", "ego networks, two steps"): True,
    ("boards", "ego networks, two steps"): False,
}


def _unlike_theorem() -> float:
    """Cases in which refined colours say something else than theorems do."""
    return float(
        sum(
            alike.tells(alike.pair(name).joined, told, 4) != can
            for (name, told), can in _KNOWN.items()
        )
    )


def _among(graph: int, column: int) -> float:
    made = alike.counts(alike.pair("boards").joined[graph])
    return float(np.unique(made[:, column]).item())


def _moved(told: alike.Told) -> float:
    """Largest change of a logit by new names, in double precision, untrained."""
    import torch

    from engines.connectome.passing.telling import Telling, renamed

    both, rng = alike.pair("molecules").joined, np.random.Generator(np.random.Philox(0))
    x, _ = renamed(rng, both, 5, told)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        said = Telling(10, x.shape[-1] - 10, 3).double()(x.double()).unflatten(0, (5, 2))
    return float((said.amax(dim=0) - said.amin(dim=0)).max())


def alike_answers() -> tuple[KnownAnswer, ...]:
    """Theorems, counts by hand, and a symmetry."""
    inside = "by hand: a rook's neighbours are two triangles, Shrikhande's a ring of six"
    return (
        KnownAnswer(
            "cases of seven in which refined colours differ from theorems",
            "Xu et al. 2019; Frasca et al. 2022: regular graphs of one degree, molecules without "
            "short rings, and strongly regular graphs", 0.0, 0.0, _unlike_theorem,
        ),
        KnownAnswer("edges among a rook's neighbours", inside, 6.0, 0.0, partial(_among, 0, 0)),
        KnownAnswer("edges among those of Shrikhande's graph", inside, 6.0, 0.0,
                    partial(_among, 1, 0)),
        KnownAnswer("triangles among a rook's neighbours", inside, 2.0, 0.0, partial(_among, 0, 1)),
        KnownAnswer("triangles among those of Shrikhande's graph", inside, 0.0, 0.0,
                    partial(_among, 1, 1)),
        KnownAnswer("a logit after new names less before", "identity", 0.0, 1e-12,
                    partial(_moved, "ego networks, two steps")),
    )  # fmt: skip
