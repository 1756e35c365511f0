"""What networks have in common, with intervals that leave one network out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.convergence.measuring import (
    AT_RANDOM,
    GROUPS,
    LARGEST,
    MATCHED,
    MEASURES,
    R2,
    SAME,
    USED,
)
from engines.geometry.convergence.spec import (
    FEW,
    FIRSTS,
    KINDS,
    LAYERS,
    PENALTIES,
    PIXELS,
    TRAINED,
    ConvergentSpec,
)
from engines.lab.statistics import jackknife

_SIDE = 8


@dataclass(frozen=True, eq=False)
class ConvergentFrame(Frame):
    """Matched correlations of the pairs that are done: float64[pair]."""

    matched: np.ndarray
    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """A bar per pair."""
        if not self.matched.size:
            return ()
        return (
            Bars(f"Matched correlation, {self.doing}", self.matched, Axis("pair of networks"),
                 Axis("mean correlation")),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class ConvergentRun(Result):
    """All pairs of networks, both layers, beside their controls."""

    spec: ConvergentSpec
    pairs: np.ndarray
    """int64[pair, 2]: numbers of networks."""
    measured: np.ndarray
    """float64[kind, layer, pair, measure], see `MEASURES`."""
    ranked: np.ndarray
    """float64[kind, layer, rank]: correlations of matched units, best first, mean over pairs."""
    n_constant: np.ndarray
    """int64[kind, layer]: units without any spread, left out, summed over networks."""
    accuracy: np.ndarray
    """float64[network] on digits that were not learnt."""
    stitched: np.ndarray
    """float64[first, layer, pair]: digits read across a stitch, see `FIRSTS`."""
    correlation: np.ndarray
    """float64[unit, unit] of the first two networks at the layer that is drawn, matched."""
    stimuli: np.ndarray
    """float64[2, pixel]: mean of the digits that the shown pair's units answer most."""
    shown: tuple[int, int]
    """Units of that pair."""

    def of(self, measure: int, kind: int, layer: int) -> Estimate:
        """A measure, mean over pairs, with the jackknife interval over networks."""
        said = f"{MEASURES[measure]}, {KINDS[kind]}, {LAYERS[layer]}"
        return self._jackknife(self.measured[kind, layer, :, measure], said)

    def less(self, one: tuple[int, int], other: tuple[int, int], layer: int) -> Estimate:
        """One (measure, kind) less another, network by network."""
        a, b = (self.measured[kind, layer, :, measure] for measure, kind in (one, other))
        return self._jackknife(a - b, f"difference in {LAYERS[layer]}")

    def sparse(self, kind: int, layer: int) -> Estimate:
        """R² of the least penalty with which the median sum uses at most twelve units."""
        used = np.nanmean(self.measured[TRAINED, layer, :, USED], axis=0)
        fits = np.flatnonzero(used <= FEW)
        chosen = int(fits[-1]) if len(fits) else 0
        said = f"median R² of sums of {used[chosen]:.1f} units, {KINDS[kind]}, {LAYERS[layer]}"
        return self._jackknife(self.measured[kind, layer, :, R2.start + chosen], said)

    def read(self, kind: int, layer: int) -> Estimate:
        """Digits read right across a stitch, with the jackknife interval over networks."""
        said = f"read right, stitched after {LAYERS[layer]}, {FIRSTS[kind]}"
        return self._jackknife(self.stitched[kind, layer], said)

    def whole(self) -> Estimate:
        """Digits that the networks read right when nothing is stitched."""
        return self._jackknife(self.accuracy[self.pairs].mean(axis=1), "read right, not stitched")

    def read_less(self, kind: int, layer: int, other: int | None = None) -> Estimate:
        """What is read across a stitch less the same of another kind, or of whole networks."""
        whole = self.accuracy[self.pairs].mean(axis=1)
        against = whole if other is None else self.stitched[other, layer]
        return self._jackknife(self.stitched[kind, layer] - against, "difference")

    def _jackknife(self, values: np.ndarray, said: str) -> Estimate:
        def mean(networks: np.ndarray) -> float:
            both = np.isin(self.pairs, networks).all(axis=1)
            return float(np.nanmean(values[both]))

        return jackknife(mean, self.spec.n_networks, of=said, unit="networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Matched units, their stimuli, and what one, few and many units tell of one another."""
        rank = np.arange(1.0, self.ranked.shape[2] + 1)
        layer = self.spec.layer - 1
        lines = {name: self.ranked[k, layer] for k, name in enumerate(KINDS)}
        r = self.correlation[self._place, self._place]
        return (
            Heatmap(f"Units of two networks, matched, {LAYERS[layer]}", self.correlation,
                    Axis("unit of network 2, as matched"), Axis("unit of network 1, best first"),
                    Axis("correlation"), diverging=True, square=True),
            Curves(f"Correlation of matched units, {LAYERS[layer]}", rank, lines,
                   Axis("pair of units, best first"), Axis("correlation, mean of pairs")),
            _image(f"What unit {self.shown[0]} of network 1 answers", self.stimuli[0]),
            _image(f"Its partner {self.shown[1]} in network 2, r = {r:.2f}", self.stimuli[1]),
            self._one_to_one(),
            self._one_to_many(),
            self._many_to_many(),
            self._stitches(),
            self._table(),
        )  # fmt: skip

    @property
    def _place(self) -> int:
        return min(self.spec.shown, len(self.correlation)) - 1

    def _bars(self, title: str, rows: list[tuple[str, str, Estimate]], y: Axis) -> Bars:
        """Bars with whiskers, grouped by the first name and coloured by the second."""
        heights, low, high = (np.array([getattr(e, part) for _, _, e in rows])
                              for part in ("value", "low", "high"))  # fmt: skip
        names = [name for name, _, _ in rows]
        ticks = tuple(
            (float(np.mean([k for k, n in enumerate(names) if n == name])), name)
            for name in dict.fromkeys(names)
        )
        return Bars(title, heights, Axis("", ticks=ticks), y, tuple(kind for _, kind, _ in rows),
                    whiskers=(low, high))  # fmt: skip

    def _one_to_one(self) -> Bars:
        rows = [(name, kind, self.of(MATCHED, k, layer))
                for layer, name in enumerate(LAYERS) for k, kind in enumerate(KINDS)]  # fmt: skip
        return self._bars("One to one, 95 % by leaving networks out", rows,
                          Axis("matched correlation"))  # fmt: skip

    def _one_to_many(self) -> Curves:
        """R² on held-out digits against how many units a sum uses, a path per kind and layer."""
        parts, n = {}, len(PENALTIES)
        for k, kind in enumerate(KINDS[:2]):
            for layer, name in enumerate(LAYERS):
                mean = np.nanmean(self.measured[k, layer], axis=0)
                parts[f"{kind}, {name}"] = mean[USED], mean[R2]
        x = np.concatenate([used for used, _ in parts.values()])
        lines = {}
        for place, (name, (_, r2)) in enumerate(parts.items()):
            lines[name] = np.full(len(x), np.nan)
            lines[name][place * n : (place + 1) * n] = r2
        title, y = "One to many: lasso on digits not fitted", Axis("R², median of units")
        return Curves(title, x, lines, Axis("units used, median"), y, dots=lines)

    def _many_to_many(self) -> Bars:
        rows = []
        for layer, name in enumerate(LAYERS):
            rows += [(name, "matched single units", self.of(MATCHED, TRAINED, layer)),
                     (name, "groups", self.of(GROUPS, TRAINED, layer)),
                     (name, "groups at random", self.of(AT_RANDOM, TRAINED, layer))]  # fmt: skip
        return self._bars(f"Many to many: {self.spec.n_groups} groups", rows,
                          Axis("canonical correlation"))  # fmt: skip

    def _stitches(self) -> Bars:
        rows = [(f"after {name}", said, self.read(k, layer))
                for layer, name in enumerate(LAYERS) for k, said in enumerate(FIRSTS)]  # fmt: skip
        rows.append(("not stitched", "whole", self.whole()))
        return self._bars("Stitched: one network's first layers, another's rest", rows,
                          Axis("digits read right"))  # fmt: skip

    def _table(self) -> Table:
        rows: dict[str, tuple[str, ...]] = {"accuracy": (f"{self.accuracy.mean():.3f}", "", "")}
        for layer, name in enumerate(LAYERS):
            for measure in (MATCHED, LARGEST, SAME, GROUPS, AT_RANDOM):
                rows[f"{MEASURES[measure]}, {name}"] = tuple(
                    str(self.of(measure, k, layer)) for k in range(len(KINDS))
                )
            rows[f"R² of few units, {name}"] = tuple(
                str(self.sparse(k, layer)) for k in range(len(KINDS))
            )
            rows[f"digits read across a stitch after {name}"] = tuple(
                str(self.read(k, layer)) for k in range(len(KINDS))
            )
            rows[f"the same straight from pixels, {name}"] = (str(self.read(PIXELS, layer)), "", "")
            rows[f"units left out as constant, {name}"] = tuple(
                str(int(n)) for n in self.n_constant[:, layer]
            )
        columns = {kind: tuple(row[k] for row in rows.values()) for k, kind in enumerate(KINDS)}
        n = self.spec.n_networks
        return Table(f"{n} networks, {len(self.pairs)} pairs; 95 % by leaving one network out",
                     {"": tuple(rows), **columns})  # fmt: skip


def _image(title: str, pixels: np.ndarray) -> Heatmap:
    none = Axis("", ticks=((-9.0, ""),))
    return Heatmap(title, pixels.reshape(_SIDE, _SIDE), none, none, Axis("ink"), square=True)
