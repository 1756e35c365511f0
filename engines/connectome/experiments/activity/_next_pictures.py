"""Pictures of what is foretold of the next frame."""

from __future__ import annotations

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Curves

_SHOWN = (1, 2, 3, 4)
"""Own past, all pairs, wiring, same degrees: persistence lies far below."""


def shown(found: Estimate) -> str:
    """Three digits, with the interval where there is one."""
    if not np.isfinite(found.low):
        return f"{found.value:.3f}"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def curves(lengths: np.ndarray, r2: np.ndarray, models: tuple[str, ...]) -> Curves:
    """R2 float64[recording, length, model] over frames learnt from; single recordings thin."""
    there = r2[np.isfinite(r2[:, :, _SHOWN[-1]]).all(axis=1)]
    there = there if len(there) else r2[:1]
    lines = {models[k]: there[:, :, k].mean(axis=0) for k in _SHOWN}
    clouds = {models[k]: there[:, :, k] for k in _SHOWN} if len(there) > 1 else {}
    return Curves(f"What is foretold of the next frame, {len(there)} recordings",
                  np.log10(lengths), lines, Axis("frames learnt from", ticks=_ticks(lengths)),
                  Axis("R2"), clouds=clouds)  # fmt: skip


def _ticks(lengths: np.ndarray) -> tuple[tuple[float, str], ...]:
    return tuple((float(np.log10(n)), f"{n:,}") for n in lengths.tolist())
