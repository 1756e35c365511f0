"""What a run yields: frames while maps are drawn, and all of them judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Picture, Points, Table
from engines.geometry.mapping.found import ARMS, CLOUDS, DATA, KEPT, SILHOUETTE, Found
from engines.geometry.mapping.spec import N_NEAR

KINDS_MAX = 12
"""With more labels points have one colour."""


@dataclass(frozen=True)
class MappingFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before all maps are."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class MappingRun(Result):
    """Maps of the data and of normal clouds."""

    found: Found

    def pictures(self) -> tuple[Picture, ...]:
        """PCA, two maps, the map of one cloud, and what each keeps and makes up."""
        found, method = self.found, self.found.spec.method
        known = found.kinds if len(set(found.kinds)) <= KINDS_MAX else ()
        made_up = tuple(str(k + 1) for k in found.seen)
        made_up = made_up if found.spec.n_groups <= KINDS_MAX else ()
        titles = ("PCA", method, f"{method}, other seed", f"{method} of one cloud")
        kinds = (known, known, known, made_up)
        maps = (Points(title, xy, _BARE, _BARE, kind)
                for title, xy, kind in zip(titles, found.places, kinds, strict=True))  # fmt: skip
        return (*maps, _groups(found), _kept(found), _table(found))


_BARE = Axis("", ticks=((-1e9, ""),))
_SHORT = ("data", "clouds")


def _bars(title: str, label: str, low_high: np.ndarray, names: list[str], kinds: list[str]) -> Bars:
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    value, low, high = low_high.T
    return Bars(title, value, Axis("", ticks=ticks), Axis(label), tuple(kinds),
                whiskers=(low, high))  # fmt: skip


def _groups(found: Found) -> Bars:
    """Silhouettes in all dimensions, in two components and in maps."""
    said = [one for arm in (DATA, CLOUDS) for one in (found.everywhere(arm), found.components(
            SILHOUETTE, arm), found.score(SILHOUETTE, arm))]  # fmt: skip
    names = [f"{_SHORT[arm]}{end}" for arm in (DATA, CLOUDS) for end in ("", ", PCA", ", map")]
    kinds = ["all dimensions", "two components", "in maps"] * 2
    rows = np.array([(one.value, one.low, one.high) for one in said])
    title = f"Does k-means see {found.spec.n_groups} groups?"
    return _bars(title, "silhouette", rows, names, kinds)


def _kept(found: Found) -> Bars:
    """Neighbours kept from the data, and shared by two maps."""
    said = [found.components(KEPT), found.score(KEPT), *map(found.agreement, (DATA, CLOUDS))]
    names = ["PCA", "map", "two maps", "of a cloud"]
    kinds = ["of the data", "of the data", "of one map in another", "of one map in another"]
    rows = np.array([(one.value, one.low, one.high) for one in said])
    return _bars("Neighbours kept", f"share of {N_NEAR} nearest", rows, names, kinds)


def _table(found: Found) -> Table:
    spec, arms = found.spec, (DATA, CLOUDS)
    names = ("neighbours kept", "trustworthiness", "groups, silhouette")
    each = {name: [found.score(k, arm) for arm in arms] for k, name in enumerate(names)}
    each |= {f"{name}, PCA": [found.components(k, arm) for arm in arms]
             for k, name in enumerate(names)}  # fmt: skip
    each["silhouette, all dimensions"] = [found.everywhere(arm) for arm in arms]
    each["shared by two maps"] = [found.agreement(arm) for arm in arms]
    each["left over by Procrustes"] = [found.left_over(arm) for arm in arms]
    rows = [(name, ARMS[arm], said[arm]) for name, said in each.items() for arm in arms]
    title = (f"{found.title}: {spec.n_maps} maps from places at random, seeds {spec.seed} to "
             f"{spec.seed + spec.n_maps - 1}, and as many clouds; 95 % over maps")  # fmt: skip
    return Table(
        title,
        {
            "": tuple(name for name, _, _ in rows),
            "of": tuple(arm for _, arm, _ in rows),
            "value": np.array([one.value for _, _, one in rows]),
            "low": np.array([one.low for _, _, one in rows]),
            "high": np.array([one.high for _, _, one in rows]),
        },
    )
