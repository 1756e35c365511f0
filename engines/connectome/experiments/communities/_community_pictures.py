"""How the modularity of runs and of nulls is shown."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars


def quality_picture(quality: np.ndarray, chance: np.ndarray) -> Bars:
    """How the modularity of runs is spread, and that of nulls."""
    both = np.concatenate([quality, chance])
    edges = np.histogram_bin_edges(both, bins=40 if len(chance) else min(20, max(2, len(both))))
    own, nulls = (np.histogram(one, bins=edges)[0].astype(float) for one in (quality, chance))
    centres, x = 0.5 * (edges[1:] + edges[:-1]), Axis("modularity")
    if not len(chance):
        return Bars("Runs", own, x, Axis("runs"), (), centres)
    # Two narrow bars in every bin: where runs and nulls meet, both are seen.
    aside = (edges[1] - edges[0]) / 4
    places = np.stack([centres - aside, centres + aside], axis=1).ravel()
    kind = ("this wiring", "nulls") * len(centres)
    heights = np.stack([own, nulls], axis=1).ravel()
    return Bars("Runs, and nulls", heights, x, Axis("runs, nulls"), kind, places)
