"""What a run yields: frames while it draws, and every overlay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Picture, Table
from engines.geometry.closed_forms.beside import Overlay
from engines.geometry.closed_forms.deep_layers import (
    CRITICAL,
    NEARLY,
    SCALES,
    deepest,
    first_order,
    length_error,
    linear_variance,
    spread_error,
)
from engines.geometry.closed_forms.matches import (
    AT_FIRST,
    DENSE,
    LARGER,
    PATTERNS,
    independent_chance,
    match_chance,
    systems,
)
from engines.geometry.closed_forms.recall import BASES, CORRECTED, CROWDED, FULL, HEBB
from engines.geometry.closed_forms.spec import WITHIN, ClosedFormsSpec
from engines.lab.statistics import mean_over


@dataclass(frozen=True, eq=False)
class ClosedFormsFrame(Frame):
    """The overlays that are drawn so far."""

    overlays: tuple[Overlay, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Those."""
        return tuple(one.picture() for one in self.overlays) or (
            Table("Now", {"": ("patterns are drawn",)}),
        )


@dataclass(frozen=True, eq=False)
class ClosedFormsRun(Result):
    """Formulas and draws of all systems."""

    spec: ClosedFormsSpec
    matches: Overlay
    recall: Overlay
    spread: Overlay
    length: Overlay

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """All of them, in the order of the page."""
        return (self.matches, self.recall, self.spread, self.length)

    def pictures(self) -> tuple[Picture, ...]:
        """Every system, and how far it is from its formula."""
        return (*(one.picture() for one in self.overlays), self.table())

    def match_ratio(self) -> Estimate | None:
        """Chance matches at the threshold over those of the hypergeometric law."""
        at = self._at()
        return None if at is None else self.matches.row(AT_FIRST).ratio(at, "chance matches")

    def independent_ratio(self) -> Estimate:
        """The binomial law over the hypergeometric one."""
        sizes = (*systems(self.spec)[AT_FIRST], self.spec.threshold)
        said = independent_chance(*sizes) / match_chance(*sizes)
        return Estimate.exact("as if synapses were independent, over theory", said, "closed form")

    def rarer(self, name: str) -> Estimate | None:
        """Matches of a layer twice as large over those at first, group by group."""
        at = self._at()
        if at is None:
            return None
        first, other = (self.matches.row(one).drawn[:, at] for one in (AT_FIRST, name))
        if not first.all() or np.isnan(other).any():
            return None
        return mean_over(other / first, of=f"chance matches, {name}, over those at first",
                         unit="groups of draws")  # fmt: skip

    def _at(self) -> int | None:
        """The place of the threshold, where enough patterns matched."""
        at, drawn = self.spec.threshold - 1, self.matches.row(AT_FIRST).drawn
        return at if at < drawn.shape[1] and np.isfinite(drawn[:, at]).all() else None

    def crowded(self, name: str) -> Estimate:
        """Error of recall with four items for every dimension, over (N - 1) / d."""
        theory = self.recall.row(HEBB).theory[CROWDED]
        shares = self.recall.row(name).drawn[:, CROWDED] / theory
        return mean_over(shares, of=f"error over (N - 1) / d, {name}", unit="groups of draws")

    def full(self, name: str) -> Estimate:
        """Error of recall with as many items as dimensions."""
        return self.recall.row(name).mean(FULL, f"error with as many items as dimensions, {name}")

    def spread_ratio(self) -> Estimate | None:
        """Variance of the kernel of the widest network over the formula, where draws can tell.

        None as well where the first order would be as close.
        """
        layer, control = deepest(spread_error, self.spec), self.first_order_ratio()
        if layer is None or control is None or abs(control.value - 1.0) <= WITHIN:
            return None
        return self.spread.rows[-1].ratio(layer - 1, f"variance of the kernel of layer {layer}")

    def first_order_ratio(self) -> Estimate | None:
        """Two depths over the width, over the formula, at the same layer."""
        layer = deepest(spread_error, self.spec)
        if layer is None:
            return None
        said = first_order(self.spec.width, layer) / linear_variance(self.spec.width, layer)
        return Estimate.exact("2 depth / width over the formula", said, "closed form")

    def kept(self, scale: float) -> Estimate | None:
        """Mean kernel of ReLU layers where draws can tell it, over that of the first layer.

        None as well where the nearest other scale would be as close.
        """
        layer = self._told
        if layer is None:
            return None
        row = self.length.rows[SCALES.index(scale)]
        return self._over_first(row.drawn[:, layer - 1] / row.drawn[:, 0].mean(), scale, layer)

    def nearly_kept(self) -> Estimate | None:
        """The same of C = 1.9: every layer multiplies the kernel of the same draws by 1.9 / 2."""
        layer = self._told
        if layer is None:
            return None
        row = self.length.rows[SCALES.index(CRITICAL)]
        shares = row.drawn[:, layer - 1] / row.drawn[:, 0].mean()
        return self._over_first(shares * (NEARLY / CRITICAL) ** (layer - 1), NEARLY, layer)

    def _over_first(self, shares: np.ndarray, scale: float, layer: int) -> Estimate:
        of = f"kernel of layer {layer} over the first, C = {scale:g}"
        return mean_over(shares, of=of, unit="groups of draws")

    @property
    def _told(self) -> int | None:
        """The layer at which mean kernels are read."""
        layer = deepest(length_error, self.spec)
        far = layer is not None and 1.0 - (NEARLY / CRITICAL) ** (layer - 1) > WITHIN
        return layer if far else None

    def table(self) -> Table:
        """What claims are about, in numbers."""
        said = [self.match_ratio(), self.independent_ratio(), self.rarer(LARGER), self.rarer(DENSE),
                self.crowded(HEBB), self.crowded(BASES), self.full(HEBB), self.full(CORRECTED),
                self.spread_ratio(), self.first_order_ratio(),
                *(self.kept(scale) for scale in SCALES), self.nearly_kept()]  # fmt: skip
        rows = [one for one in said if one is not None]
        spec = self.spec
        return Table(
            f"{spec.n_groups} groups of {spec.n_draws} networks, "
            f"{PATTERNS * spec.n_draws:,} patterns and one memory each, seed {spec.seed}",
            {
                "": tuple(one.of for one in rows),
                "value": np.array([one.value for one in rows]),
                "low": np.array([one.low for one in rows]),
                "high": np.array([one.high for one in rows]),
            },
        )
