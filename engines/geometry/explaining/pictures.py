"""Models under the ceiling at every noise, the RDMs, and all comparisons in numbers."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.explaining.found import (
    ABOVE,
    ASKED,
    BELOW,
    CROSSNOBIS,
    DISTANCES,
    EUCLIDEAN,
    FACTORS,
    Found,
)
from engines.geometry.explaining.spec import LABELS, LAYER_1, LAYER_2, MODELS, OTHER, PIXELS
from engines.lab.statistics import holm, mean_over, paired

_SHORT = ("pixels", "layer 1", "layer 2", "logits", "other", "untrained", "labels")
_DRAWN = (PIXELS, LAYER_1, LAYER_2, OTHER, LABELS)


def pictures_of(found: Found) -> tuple[Picture, ...]:
    """Everything."""
    return (
        by_noise(found),
        bars(found, CROSSNOBIS),
        copies(found),
        bars(found, EUCLIDEAN),
        _rdm("Measured, mean of subjects", found.shown[0]),
        _rdm(f"True: {found.spec.measured}", found.shown[1]),
        compared(found),
    )


def by_noise(found: Found) -> Curves:
    """Models and the room between both ceilings, by noise."""
    x = np.log2(found.spec.noise * np.array(FACTORS))
    ticks = tuple((float(v), f"{2**v:.3g}") for v in x)
    below, above = (found.ceilings[:, CROSSNOBIS, k].mean(axis=1) for k in (BELOW, ABOVE))
    lines = {"between the ceilings": 0.5 * (below + above)}
    lines |= {MODELS[k]: found.scores[:, CROSSNOBIS, k].mean(axis=1) for k in _DRAWN}
    return Curves("Models under the noise ceiling", x, lines, Axis("noise over signal, in one run",
                  ticks=ticks), Axis(f"{found.spec.compare}, crossnobis"),
                  {"between the ceilings": (below, above)}, large=True)  # fmt: skip


def bars(found: Found, distance: int) -> Bars:
    """Every model at the asked noise, and both ceilings."""
    rows = [found.explains(k, distance) for k in range(len(MODELS))]
    rows += [found.bound(BELOW, distance), found.bound(ABOVE, distance)]
    kind = ["measured" if k == found.spec.truth else "model" for k in range(len(MODELS))]
    names = (*_SHORT, "from below", "from above")
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    return Bars(f"By {DISTANCES[distance]} distances", np.array([one.value for one in rows]),
                Axis("", ticks=ticks), Axis(found.spec.compare), (*kind, "ceiling", "ceiling"),
                whiskers=(np.array([one.low for one in rows]),
                          np.array([one.high for one in rows])))  # fmt: skip


def copies(found: Found) -> Curves:
    """How far a digit seems to be from itself."""
    x = np.log2(found.spec.noise * np.array(FACTORS))
    ticks = tuple((float(v), f"{2**v:.3g}") for v in x)
    lines, bands = {}, {}
    for k, name in enumerate(DISTANCES):
        rows = [mean_over(one, of="", unit="subjects") for one in found.copies[:, k]]
        lines[name] = np.array([one.value for one in rows])
        bands[name] = (np.array([one.low for one in rows]), np.array([one.high for one in rows]))
    return Curves("A digit's distance from itself", x, lines, Axis("noise over signal",
                  ticks=ticks), Axis("over the true mean distance"), bands)  # fmt: skip


def _rdm(title: str, values: np.ndarray) -> Heatmap:
    none = ((-9.0, ""),)
    return Heatmap(title, values, Axis("digit, by its label", ticks=none), Axis("", ticks=none),
                   Axis("over the mean"), square=True)  # fmt: skip


def compared(found: Found) -> Table:
    """Every model against the best one, and against the ceiling from below."""
    scores = found.scores[ASKED, CROSSNOBIS]
    best = int(scores.mean(axis=1).argmax())
    others = [k for k in range(len(MODELS)) if k != best]
    p = dict(zip(others, holm(np.array([paired(scores[k], scores[best], found.spec.seed).p
                                        for k in others])), strict=True))  # fmt: skip
    rows = [found.explains(k) for k in range(len(MODELS))]
    short = [-found.over_bound(k, BELOW).value for k in range(len(MODELS))]
    n, seed = found.spec.n_subjects, found.spec.seed
    return Table(
        f"Models, {n} subjects, seed {seed}; p by sign flips, all together (Holm)",
        {
            "model": MODELS,
            found.spec.compare: np.array([one.value for one in rows]),
            "low": np.array([one.low for one in rows]),
            "high": np.array([one.high for one in rows]),
            "under the ceiling from below": np.array(short),
            "p against the best": tuple("best" if k == best else f"{p[k]:.3g}"
                                        for k in range(len(MODELS))),
        },
    )  # fmt: skip
