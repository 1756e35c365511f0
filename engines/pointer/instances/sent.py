"""Places that another workbench sent, as the stops of a tour."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError
from engines.contract.sending import Places
from engines.pointer.model import N_POINTS_MAX, SolveSpec

_DIGITS = 5
"""A picture has no more, and an address is the shorter for it."""


def spec_from_places(sent: Places, came: str) -> SolveSpec:
    """A tour through every place, answered in all ways that make one short.

    Raises:
        InputError: too many or too few places, one that is nan or infinite, or all in one spot.
    """
    points = np.asarray(sent.points, np.float64)
    if not 3 <= len(points) <= N_POINTS_MAX:
        raise InputError(f"a tour has 3 to {N_POINTS_MAX} stops here, got {len(points):,} places")
    if not np.isfinite(points).all():
        odd = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise InputError(f"{sent.names[odd]} has no place in the plane, so no tour passes it")
    span = float(np.ptp(points, axis=0).max())
    if not span:
        raise InputError("all places are one spot; there is no tour to be found")
    rows = ((points - points.min(axis=0)) / span).round(_DIGITS).tolist()
    stops = tuple((x, y) for x, y in rows)
    return SolveSpec(task="tour", points=stops, symmetries=True, polish=True, origin=came)
