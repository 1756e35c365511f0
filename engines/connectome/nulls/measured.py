"""What Run computes: the measures of a wiring beside those of its nulls, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.mixing import Mixing
from engines.connectome.nulls.strengths import Strengths
from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table

_DIGITS = 5


@dataclass(frozen=True, eq=False)
class Measures:
    """A wiring's numbers and its nulls'. Texts and float64 are per measure, in the same order.

    ``null_*`` are nan where no null is drawn for a measure; ``p`` is (r + 1) / (K + 1), two-sided;
    ``rich_*`` are float64[k] for degrees above k; ``motif_*`` float64[13].
    """

    names: tuple[str, ...]
    values: np.ndarray
    conventions: tuple[str, ...]
    why: tuple[str, ...]
    null_mean: np.ndarray
    null_sd: np.ndarray
    z: np.ndarray
    p: np.ndarray
    p_family: np.ndarray
    """Corrected over all measures that nulls are drawn for, by their largest statistic."""
    n_nulls: int
    rich_club: np.ndarray
    rich_mean: np.ndarray
    rich_low: np.ndarray
    rich_high: np.ndarray
    rich_z: np.ndarray
    rich_p: np.ndarray
    """Corrected over all k by the largest statistic of each null (Westfall & Young 1993)."""
    rich_members: np.ndarray
    motif_count: np.ndarray
    motif_mean: np.ndarray
    motif_z: np.ndarray
    motif_p: np.ndarray
    """Corrected over the thirteen in the same way."""
    degree: np.ndarray
    """int64[k]: how many neurons have k different neighbours."""
    in_degree: np.ndarray
    """int64[k]: how many hear k others."""
    out_degree: np.ndarray
    strength: Strengths
    members: np.ndarray
    """int64[member]: places in the connectome of the neurons that are left."""
    per_neuron: Mapping[str, np.ndarray] = field(default_factory=dict)
    mixing: Mixing | None = None
    """How far the walks to the nulls went, where they were walked to."""

    @property
    def p_floor(self) -> float:
        """The smallest p that this many nulls can give: 1 / (K + 1)."""
        return 1.0 / (self.n_nulls + 1.0)

    @property
    def null_note(self) -> str:
        """What must be known of the nulls: the least p, and whether they are mixed."""
        if not self.n_nulls:
            return ""
        said = f"No p is below {self.p_floor:.2g}, 1 / ({self.n_nulls:,} nulls + 1)."
        return f"{said} {self.mixing}" if self.mixing else said

    def value(self, name: str) -> float:
        """A measure by its name; nan where it is undefined."""
        return float(self.values[self.names.index(name)])

    def pictures(self, spec: MeasuresSpec) -> tuple[Picture, ...]:
        """The table, the rich club, motifs, degrees and strengths."""
        drawn = self.rich_picture(), self.motif_picture(), self.degree_picture()
        return (self.table(spec), *drawn, *self.strength.pictures())

    def table(self, spec: MeasuresSpec, name: str = "") -> Table:
        """Every measure beside its nulls; ``name`` is the wiring's where the spec has none."""
        name = name or (spec.dataset if not spec.own else "imported")
        title = f"{name}: {self.n_nulls:,} nulls, "
        title += f"{spec.null}, seed {spec.seed}. {self.null_note}".rstrip(". ")
        return Table(
            title,
            {
                "measure": self.names,
                "value": tuple(map(shown, self.values, self.why)),
                "null mean": tuple(map(shown, self.null_mean)),
                "null sd": tuple(map(shown, self.null_sd)),
                "z": tuple(map(shown, self.z)),
                "p": tuple(map(shown, self.p)),
                "p, all rows": tuple(map(shown, self.p_family)),
                "convention": self.conventions,
            },
        )

    def rich_picture(self) -> Curves:
        """Density among neurons of degree above k, real and in nulls."""
        k = np.arange(len(self.rich_club), dtype=float)
        # The same lines with and without nulls, so that a figure need not be built again.
        nulls = "nulls, 95 % band"
        lines = {"this wiring": self.rich_club, nulls: self.rich_mean}
        bands = {nulls: (self.rich_low, self.rich_high)}
        x, y = Axis("degree above k", "neighbours"), Axis("density among them")
        return Curves("Rich club", k, lines, x, y, bands)

    def motif_picture(self) -> Bars:
        """Z of the thirteen motifs, or their counts before there are nulls."""
        from engines.connectome.measures import motifs

        ticks = tuple((float(k), name) for k, name in enumerate(motifs.NAMES))
        if self.n_nulls < 2:
            counted = Axis("instances")
            return Bars("Motifs", self.motif_count, Axis("triad", ticks=ticks), counted)
        z = np.nan_to_num(self.motif_z)
        n_out = int(np.count_nonzero(self.motif_p <= 0.05))
        title = f"Motifs against nulls: {n_out} of {len(z)} with p of the family at most 0.05"
        return Bars(title, z, Axis("triad", ticks=ticks), Axis("z"))

    def degree_picture(self) -> Curves:
        """Share of neurons with more than k neighbours, and with more than k each way."""
        counted = {"neighbours": self.degree, "in": self.in_degree, "out": self.out_degree}
        k = np.arange(max(map(len, counted.values())), dtype=float)
        lines = {name: _share_above(n, len(k)) for name, n in counted.items()}
        return Curves("Degrees", k, lines, Axis("degree above k"), Axis("share of neurons"))


def _share_above(counted: np.ndarray, length: int) -> np.ndarray:
    """float64[k] from int64[k] neurons of degree k, zero beyond the largest."""
    padded = np.pad(counted, (0, length - len(counted)))
    return 1.0 - np.cumsum(padded) / max(1, padded.sum())


def shown(value: float, why: str = "") -> str:
    """A number as people read it, or why there is none."""
    if not np.isfinite(value):
        return f"undefined: {why}" if why else ""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.{_DIGITS}g}"


@dataclass(frozen=True, eq=False)
class MeasuresFrame(Frame):
    """The measures with the nulls drawn so far."""

    spec: MeasuresSpec = field(default_factory=MeasuresSpec)
    measures: Measures | None = None

    def pictures(self) -> tuple[Picture, ...]:
        """What has come."""
        return self.measures.pictures(self.spec) if self.measures else ()


@dataclass(frozen=True, eq=False)
class Measured(Result):
    """All measures and all nulls; float64[null] of every measured column for further use."""

    spec: MeasuresSpec
    measures: Measures
    null_columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def pictures(self) -> tuple[Picture, ...]:
        """Table and figures."""
        return self.measures.pictures(self.spec)

    def value(self, name: str) -> float:
        """A measure by its name."""
        return self.measures.value(name)
