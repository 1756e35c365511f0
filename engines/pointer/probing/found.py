"""What was found inside a network, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Result
from engines.pointer.probing.asked import InsideSpec


@dataclass(frozen=True, eq=False)
class Sent:
    """States of some sets for another workbench: float16[layer, row, unit], and what rows are."""

    states: np.ndarray
    set_of: np.ndarray
    """int64[row]."""
    which: np.ndarray
    """int64[row]: the point, or the step."""
    place: np.ndarray
    """int64[row]: place in the answer, -1 for left out; or the point that the step chooses."""


@dataclass(frozen=True, eq=False)
class Found(Result):
    """Attention, states and what one point changes, for one answer; and many sets behind them."""

    spec: InsideSpec
    title: str
    network: str
    """What answered, in words."""
    points: np.ndarray
    """float64[point, 2] in the unit square."""
    closed: bool
    """Whether an answer is drawn as a closed line."""
    choices: np.ndarray
    """int64[step], the stop (index n) included."""
    answer: np.ndarray
    """int64[place]."""
    right: np.ndarray
    """int64[place]; empty where it would take too long for a whole field."""
    between: np.ndarray
    """float32[layer, head, looking, looked at]: encoder; of no layers for an LSTM."""
    at: np.ndarray
    """float32[layer, head, step, point]: where steps look; of no layers for an LSTM."""
    shift: np.ndarray
    """float32[place, step]: total variation when the point lies there."""
    edges: np.ndarray
    """float32[place]: share of the answer's edges that are others."""
    length: np.ndarray
    """float32[place]: length of the answer's line, over that of before, less 1."""
    right_edges: np.ndarray
    """float32[place]: share of the right answer's edges that are others; nan where not known."""
    clouds: np.ndarray
    """float32[set, point, 2]: states in their first axes, the shown instance first."""
    places: np.ndarray
    """int64[set, point]: place in the answer, -1 for left out."""
    path: np.ndarray
    """float32[step, 2]: the decoder's states in their first axes. The first step, told nothing,
    lies far from all others: it is nan, and has no part in the axes."""
    shares: np.ndarray
    """float64[layer, 2]: share of variance of the first two axes, encoder layers."""
    step_shares: np.ndarray
    """float64[layer, 2]: the same of the decoder's."""
    parted: np.ndarray
    """float64[layer, set]: share of points that a plane sorts rightly; of no layers where every
    point is in the answer."""
    net_changed: np.ndarray
    """bool[set]: whether the answer changed when a point moved at random; empty if not asked."""
    right_changed: np.ndarray
    """bool[set]: whether the right answer did."""
    encoder: Sent
    decoder: Sent
    notices: tuple[str, ...]

    @property
    def layer(self) -> int:
        """The encoder layer whose states are shown."""
        return min(self.spec.layer, len(self.shares) - 1)

    @property
    def step_layer(self) -> int:
        """The decoder layer whose states are shown."""
        return min(self.spec.layer, len(self.step_shares) - 1)
