"""Maps that learn, their accuracy at the end, and everything in numbers."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.geometry.aligning.found import (
    ARMS,
    BENT,
    FRESH,
    HELD,
    LEARNT,
    MAPS,
    NEURONS,
    PAIRS,
    SEEN,
    TURNED,
    Found,
)
from engines.lab.statistics import half_widths

_SHORT = ("neurons", "rotation", "bends")
_DRAWN = ((BENT, LEARNT), (BENT, FRESH), (TURNED, LEARNT), (TURNED, FRESH))


def pictures_of(found: Found) -> tuple[Picture, ...]:
    """Everything."""
    return course(found), ends(found, SEEN), ends(found, HELD), numbers(found)


def course(found: Found) -> Curves:
    """Accuracy while maps learn, on pairs of symbols that they see."""
    lines, bands = {}, {}
    for which, arm in _DRAWN:
        each = found.course[which, :, SEEN, arm]
        name = f"{_SHORT[which]}, {ARMS[arm]}"
        lines[name], half = each.mean(axis=-1), half_widths(each)
        bands[name] = (lines[name] - half, lines[name] + half)
    lines["chance"] = np.full(len(found.step), 0.5)
    return Curves("First weights made to compute it", found.step.astype(float),
                  lines, Axis("steps of the map"), Axis("interchange accuracy"), bands,
                  large=True)  # fmt: skip


def ends(found: Found, pairs: int) -> Bars:
    """Every map at the end, in both networks."""
    rows = [found.accuracy(which, arm, pairs) for which in range(len(MAPS)) for arm in (0, 1)]
    rows += [found.answers(arm, pairs) for arm in (0, 1)]
    names = (*_SHORT, "itself")
    return Bars(
        f"On {PAIRS[pairs]}",
        np.array([one.value for one in rows]),
        Axis("", ticks=tuple((float(k), name) for k, name in enumerate(names))),
        Axis("share of answers that are due"),
        ARMS * len(names),
        np.add.outer(np.arange(len(names)), [-0.22, 0.22]).ravel(),
        whiskers=(np.array([one.low for one in rows]), np.array([one.high for one in rows])),
    )


def numbers(found: Found) -> Table:
    """Every map, network and kind of pairs."""
    keys = [(which, arm, pairs) for which in (NEURONS, TURNED, BENT) for arm in (LEARNT, FRESH)
            for pairs in (SEEN, HELD)]  # fmt: skip
    rows = [found.accuracy(*key) for key in keys]
    spec = found.spec
    return Table(
        f"Interchange accuracy, {spec.n_seeds} networks and their first weights, seed "
        f"{spec.seed}; chance .5",
        {
            "map": tuple(MAPS[which] for which, _, _ in keys),
            "network": tuple(ARMS[arm] for _, arm, _ in keys),
            "on": tuple(PAIRS[pairs] for _, _, pairs in keys),
            "accuracy": np.array([one.value for one in rows]),
            "low": np.array([one.low for one in rows]),
            "high": np.array([one.high for one in rows]),
            "network itself right": np.array(
                [found.answers(arm, pairs).value for _, arm, pairs in keys]
            ),
        },
    )
