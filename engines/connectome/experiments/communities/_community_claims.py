"""What is claimed of communities: more than chance gives, and beside which nulls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.connectome.experiments.communities._communities import (
    N_LOOKS,
    Communities,
    CommunitySpec,
)
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Claim, Estimate
from engines.contract.claims import Exceeds

NULLS_LEAST = 20
_KEPT = {"binary": ("degrees", "degrees and strengths"), "weights": ("degrees and strengths",)}
"""Nulls that a claim about such edges speaks of; where all weigh one, strengths are degrees."""


def _whole(found: Communities, weights: str) -> bool:
    spec, plain = found.spec, CommunitySpec()
    names = WiringSpec.model_fields
    same = all(getattr(spec, name) == getattr(plain, name) for name in names)
    leiden = spec.method == "Leiden" and spec.resolution == 1.0
    asked = spec.weights == weights and spec.kept in _KEPT[weights]
    return same and leiden and asked and len(found.chance) >= NULLS_LEAST


def _figure(weights: str) -> Callable[[Communities], Estimate | None]:
    def figure(found: Communities) -> Estimate | None:
        if not _whole(found, weights):
            return None
        how = f"best of {N_LOOKS} runs, nothing is drawn"
        return Estimate.exact("modularity", found.against, how)

    return figure


def _of_nulls(found: Communities) -> Estimate | None:
    if not len(found.chance):
        return None
    low, high = np.quantile(found.chance, [0.025, 0.975])
    how = f"best of {N_LOOKS} runs: mean and 95 % of {len(found.chance):,} wirings"
    return Estimate("modularity of nulls", float(found.chance.mean()), float(low), float(high),
                    len(found.chance), "nulls", how, found.spec.seed)  # fmt: skip


CLAIMS = (
    Claim(
        "The worm falls into communities more than wirings in which every neuron keeps its degree.",
        figure=_figure("binary"),
        control=_of_nulls,
        holds_when=Exceeds(),
        source="Pan, Chatterjee & Sinha 2010, Mesoscopic organization reveals the constraints "
        "governing C. elegans nervous system",
    ),
    Claim(
        "So do its weights, beyond how much every neuron is joined to others in all.",
        figure=_figure("weights"),
        control=_of_nulls,
        holds_when=Exceeds(),
        source="Milisav et al. 2025, A simulated annealing algorithm for randomizing weighted "
        "networks, for the nulls",
        preset="The worm, weights",
    ),
)
