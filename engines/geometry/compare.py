"""How alike layers, networks and moments are: one matrix of a chosen similarity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.geometry.ensure import ensured, source_of
from engines.geometry.similarity import similarity
from engines.geometry.store import ActivationSet
from engines.pictures import Axis, Heatmap, Picture, Table

Measure = Literal[
    "CKA, debiased", "CKA, biased", "Procrustes angle", "CCA", "SVCCA", "PWCCA",
    "RSA, Spearman", "RSA, Kendall", "RSA, cosine",
]  # fmt: skip
ENTRIES_MAX = 40


class CompareSpec(Spec):
    """What is compared with what."""

    source: str = knob(
        "", label="Activations", max_length=80, group="Activations",
        help="Name of a set on this machine; empty trains eight points with every bit as target.",
    )  # fmt: skip
    other: str = knob(
        "", label="Against", max_length=80, group="Activations",
        help="Another set with the same stimuli, whose layers are the columns; empty is the same.",
    )  # fmt: skip
    over: Literal["layers and networks", "moments of one layer"] = knob(
        "layers and networks", label="Compare", help="What rows and columns are.",
        group="Comparison", widget="choice",
    )  # fmt: skip
    layer: str = knob(
        "", label="Layer", help="For moments; empty is the first.", group="Comparison",
        max_length=120, when={"over": ("moments of one layer",)},
    )  # fmt: skip
    snapshot: int = knob(
        -1, label="Snapshot", help="For layers; -1 is the last.", group="Comparison", ge=-1,
        le=9_999, when={"over": ("layers and networks",)},
    )  # fmt: skip
    measure: Measure = knob(
        "CKA, debiased", label="Similarity",
        help="The Procrustes angle is a distance: 0 is alike.", group="Comparison",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the control.", group="Comparison")


@dataclass(frozen=True)
class Comparing(Frame):
    """How far it is."""


@dataclass(frozen=True, eq=False)
class SimilarityMatrix(Result):
    """The matrix, the biased one beside it, and what permuted stimuli give."""

    spec: CompareSpec
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray
    beside: np.ndarray
    """Biased CKA, whatever the measure."""
    control: np.ndarray
    """float64[row, column]: each row with the columns' stimuli permuted."""
    n_stimuli: int

    def pictures(self) -> tuple[Picture, ...]:
        """The chosen similarity, biased CKA and the control, then how many and which."""
        found = [
            self._map(self.spec.measure, self.values),
            self._map("CKA, biased", self.beside),
            self._map(f"control, stimuli permuted: {self.spec.measure}", self.control),
        ]
        if self.spec.measure == "CKA, biased":
            found.pop(1)
        off = ~np.eye(*self.values.shape, dtype=bool)
        table = Table(
            "Scores",
            {
                "score": (self.spec.measure, "CKA, biased", "control"),
                "mean of different pairs": np.array(
                    [np.nanmean(v[off]) if off.any() else np.nan for v in
                     (self.values, self.beside, self.control)]
                ),
                "n stimuli": np.array([self.n_stimuli] * 3),
                "seed": np.array([self.spec.seed] * 3),
            },
        )  # fmt: skip
        return (*found, table)

    def _map(self, title: str, values: np.ndarray) -> Heatmap:
        x = tuple((k + 0.5, str(k)) for k in range(len(self.columns)))
        y = tuple((k + 0.5, f"{k} {name}") for k, name in enumerate(self.rows))
        return Heatmap(title, values, Axis("column", ticks=x), Axis("", ticks=y),
                       Axis("similarity"), square=True)  # fmt: skip


def frames_of(spec: CompareSpec) -> Iterator[Frame | SimilarityMatrix]:
    """A frame per row, and the matrix last."""
    one: ActivationSet | None = None
    for item in ensured(spec.source):
        if isinstance(item, ActivationSet):
            one = item
        else:
            yield item
    assert one is not None
    other = one
    if spec.other and spec.other != source_of(spec.source):
        (other,) = (s for s in ensured(spec.other) if isinstance(s, ActivationSet))
        check_same_stimuli(one, other)
    rows, columns = _entries(spec, one), _entries(spec, other)
    x, y = list(rows.values()), list(columns.values())
    order = np.random.default_rng([spec.seed % 2**32, 3]).permutation(one.n_stimuli)
    found: list[list[list[float]]] = [[], [], []]
    for k, a in enumerate(x):
        yield Comparing(fraction=0.5 + 0.5 * k / len(x))
        found[0].append([similarity(a, b, spec.measure) for b in y])
        found[1].append([similarity(a, b, "CKA, biased") for b in y])
        found[2].append([similarity(a, b[order], spec.measure) for b in y])
    values, beside, control = (np.array(f) for f in found)
    yield SimilarityMatrix(
        spec, tuple(rows), tuple(columns), values, beside, control, one.n_stimuli
    )


def check_same_stimuli(one: ActivationSet, other: ActivationSet) -> None:
    """Two sets are compared by stimulus id, never by place.

    Raises:
        InputError: ids that only one of them has, or another order.
    """
    if one.stimuli == other.stimuli:
        return
    lacking = [s for s in one.stimuli if s not in set(other.stimuli)][:3]
    extra = [s for s in other.stimuli if s not in set(one.stimuli)][:3]
    raise InputError(
        f"the two sets hold different stimuli ({one.n_stimuli} and {other.n_stimuli}); "
        f"only the first has {', '.join(lacking) or 'none'}, only the second "
        f"{', '.join(extra) or 'none'}; compare sets of the same stimuli in the same order"
    )


def _entries(spec: CompareSpec, activations: ActivationSet) -> dict[str, np.ndarray]:
    if spec.over == "layers and networks":
        named = {n: activations.at(n, spec.snapshot) for n in activations.layers[:ENTRIES_MAX]}
    else:
        layer = spec.layer or activations.layers[0]
        n = activations.n_snapshots
        chosen = np.unique(np.linspace(0, n - 1, min(n, 20)).astype(int))
        steps = activations.snapshots.get("step", np.arange(n))
        named = {f"{steps[k]:,.0f}": activations.at(layer, int(k)) for k in chosen}
    if not named:
        raise InputError("there is nothing to compare")
    return named
