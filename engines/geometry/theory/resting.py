"""Where a mode of features and predictor rests, in closed form (after Tian et al. 2021)."""

from __future__ import annotations


def resting(decay: float, rate: float, augmented: float) -> tuple[float, float, float] | None:
    """Where a mode rests: gain and size of the stable point, and the gain below which it dies.

    A mode with gain p and weight w obeys dp/dt = alpha_p w^2 (1 - p (1 + s)) - eta p and
    dw/dt = w (p (1 - p (1 + s)) - eta), so that it rests where p (1 - p (1 + s)) = eta and, with
    balanced weights, w^2 = p^2 / alpha_p. None where eta > 1 / (4 (1 + s)): everything dies.

    >>> resting(0.3, 1.0, 0.03) is None
    True
    """
    inside = 1.0 - 4.0 * decay * (1.0 + augmented)
    if inside < 0:
        return None
    high, low = ((1.0 + sign * inside**0.5) / (2.0 * (1.0 + augmented)) for sign in (1, -1))
    return high, (1.0 + augmented) * high**2 / rate, low
