"""What a comparison of thresholds gives: error against the share of products left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Points
from engines.diagrams.arms.looks import Looks, finite_mean, finite_pairs
from engines.diagrams.arms.results import film
from engines.diagrams.changes.asked import (
    AFTER,
    ERROR,
    LAYERED,
    LEARNED,
    PRICES,
    ZEROS,
    ChangesSpec,
)

NAMES = tuple(f"{price:g}" for price in PRICES)


@dataclass(frozen=True, eq=False)
class ChangesResult(Result):
    """The whole comparison."""

    spec: ChangesSpec
    looks: Looks
    """Of learned thresholds, and of thresholds put on afterwards that leave out as many: one, or
    one for each layer, which are sought after the last step alone."""
    after: np.ndarray
    """float64[error or share left out, threshold, net]: of networks that learnt without; one
    threshold for all layers."""
    thresholds: np.ndarray
    """float64[price, net, layer]: as learned."""

    def ratio(self, price: str) -> Estimate | None:
        """Products made without thresholds over those made with learned ones."""
        ours = 1.0 - self.looks.at(ZEROS, LEARNED, price)
        return finite_mean((1.0 - self.after[1, 0]) / ours, f"times fewer products, price {price}")

    def lost(self, price: str, arm: str = LEARNED) -> Estimate | None:
        """Error of an arm less that of networks that learnt without thresholds and have none."""
        of = f"error less that without thresholds, {arm}, price {price}, pixels"
        return finite_pairs(self.after[0, 0], self.looks.at(ERROR, arm, price), of, self.spec.seed)

    def worst(self, other: str = LAYERED) -> Estimate | None:
        """Error of learned thresholds less those put on, at the price where this is largest."""
        each = [self.looks.at(ERROR, LEARNED, name) - self.looks.at(ERROR, other, name)
                for name in NAMES]  # fmt: skip
        of = f"error, learned less {other}, largest over prices"
        return finite_mean(np.max(each, axis=0), of)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """Error against products, the course, by price, thresholds by layer."""
        by_price, course, zeros = self.looks.pictures()
        tables = (self.looks.table(name) for name in self.looks.plan.measures)
        return (self.front(), course, by_price, zeros, self.by_layer(), *tables)

    def front(self) -> Points:
        """Error against the share of products left out, a point per network."""
        layered, learned = (
            np.stack([[self.looks.at(measure, arm, name) for name in NAMES]
                      for measure in (ZEROS, ERROR)]).reshape(2, -1)
            for arm in (LAYERED, LEARNED)
        )  # fmt: skip
        sets = {
            "no threshold": self.after[::-1, :1].reshape(2, -1),
            AFTER: self.after[::-1, 1:].reshape(2, -1),
            LAYERED: layered,
            LEARNED: learned,
        }
        kind = tuple(name for name, xy in sets.items() for _ in range(xy.shape[1]))
        xy = np.concatenate(list(sets.values()), axis=1).T
        return Points("Error against products left out, a point a network", xy, Axis(ZEROS),
                      Axis(ERROR), kind)  # fmt: skip

    def by_layer(self) -> Curves:
        """Learned thresholds, layer by layer."""
        names = ("pixels", "first layer", "second layer")
        size = np.abs(self.thresholds)
        lines = {f"price {name}": size[k].mean(axis=0) for k, name in enumerate(NAMES)}
        return Curves(
            "Thresholds as learned",
            np.arange(len(names), dtype=float),
            lines,
            Axis("changes of", ticks=tuple((float(k), name) for k, name in enumerate(names))),
            Axis("threshold"),
            clouds={f"price {name}": size[k] for k, name in enumerate(NAMES)},
            dots=lines,
        )


def as_many_zeros(after: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """Error [...] of thresholds put on that leave out as many as these, by the line between two.

    Args:
        after: float64[error or share, threshold] of one network; shares rise with the threshold.
        zeros: float64[...] shares.
    """
    share = np.maximum.accumulate(after[1])
    return np.interp(zeros, share, after[0])


def best(asked: np.ndarray) -> np.ndarray:
    """Places of those that nobody beats in both, by rising share.

    Args:
        asked: float64[error or share left out, choice].

    >>> best(np.array([[1.0, 3.0, 2.0, 2.5], [0.1, 0.5, 0.5, 0.4]])).tolist()
    [0, 2]
    """
    error, share = asked
    falling = np.lexsort((error, -share))
    ahead = np.r_[np.inf, np.minimum.accumulate(error[falling])[:-1]]
    return falling[error[falling] < ahead][::-1]
