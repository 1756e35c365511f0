"""How often chance goes as far as a wiring, for a whole family of tests at once."""

from __future__ import annotations

import numpy as np

from engines.lab.statistics.families import max_statistic
from engines.lab.statistics.nulls import z_against


def family_p(real: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """float64[test]: p of a whole family of tests by the largest |z| of each null, or nan.

    Each test is standardised over its nulls and the wiring together, so that the wiring counts as
    one more null (Westfall & Young 1993). The least is 1 / (K + 1) for a family of any size.
    """
    pooled = np.vstack([real, nulls])
    spread = np.isfinite(pooled).all(axis=0)
    z = np.full(pooled.shape, np.nan)
    z[:, spread] = z_against(pooled[:, spread], pooled[:, spread])
    return max_statistic(z[0], np.nan_to_num(z[1:]))
