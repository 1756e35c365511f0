"""Requests of measures; every convention that changes a number is a field."""

from __future__ import annotations

from typing import Literal

from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Seed, Spec, knob
from engines.contract.sending import came_from

NullFamily = Literal[
    "directed degree",
    "undirected degree",
    "class blocks",
    "distance bins",
    "random graph",
    "permuted weights",
    "degrees and strengths",
]


WALKED = (
    "directed degree",
    "undirected degree",
    "class blocks",
    "distance bins",
    "degrees and strengths",
)
"""Families whose nulls are walked to, swap by swap."""


class MeasuresSpec(WiringSpec):
    """Measures of a wiring, and the same measures of random wirings like it."""

    origin: str = came_from("Data")
    null: NullFamily = knob(
        "directed degree",
        label="Null model",
        help="What random wirings keep: every neuron's in- and out-degree; its degree after "
        "directions are forgotten; degrees and edges between every two classes; degrees and how "
        "many edges are how long; only the number of edges; all edges but not their weights; or "
        "degrees and, to a few in a thousand, what every neuron sends and hears.",
        group="Nulls",
    )
    n_nulls: int = knob(
        200,
        label="Nulls",
        help="How many random wirings.",
        group="Nulls",
        ge=0,
        le=100_000,
        soft=(0, 1_000),
        marks={1000: "paper"},
    )
    swaps_per_edge: float = knob(
        10.0,
        label="Swaps per edge",
        help="Accepted swaps of two edges' ends, per edge, from the real wiring to each null; "
        "as many are tried as that takes.",
        group="Nulls",
        gt=0,
        le=1_000,
        soft=(1, 50),
        when={"null": WALKED},
    )
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal nulls.", group="Nulls")
    small_degree: Literal["counts as 0", "is left out"] = knob(
        "counts as 0",
        label="Clustering below two neighbours",
        help="A neuron with fewer than two neighbours has no clustering of its own.",
        group="Conventions",
    )
    self_loops: Literal["left out", "counted"] = knob(
        "left out",
        label="Self-loops",
        help="Whether edges from a neuron to itself count in edges, density and degrees; no other "
        "measure knows them.",
        group="Conventions",
    )
    sign: Literal["absolute", "left out", "refused"] = knob(
        "absolute",
        label="Negative weights",
        help="Weighted measures need weights of zero or more: take their size, leave them out, or "
        "refuse.",
        group="Conventions",
    )
    distance: Literal["1 / weight", "weight"] = knob(
        "1 / weight",
        label="Length of an edge",
        help="What weighted paths add up: strong edges are short, or the weight is the length.",
        group="Conventions",
    )

    lattice: Literal["same degrees", "even ring"] = knob(
        "same degrees",
        label="Lattice of omega",
        help="What omega calls a lattice: one with every neuron's degree, made by swaps (Telesford "
        "et al. 2011), or a ring on which all have equally many neighbours, in closed form.",
        group="Conventions",
    )

    @property
    def wiring(self) -> WiringSpec:
        """The wiring alone."""
        return WiringSpec(**{name: getattr(self, name) for name in WiringSpec.model_fields})


class PathSpec(Spec):
    """Ways from one neuron to another."""

    wiring: WiringSpec = knob(WiringSpec(), label="Wiring", help="Whose neurons.", group="Wiring")
    source: int = knob(0, label="From", help="Place of the first neuron.", group="Path", ge=0)
    target: int = knob(1, label="To", help="Place of the last neuron.", group="Path", ge=0)
    k: int = knob(12, label="Routes", help="How many of the shortest.", group="Path", ge=1, le=200)
    weighted: bool = knob(
        False,
        label="Strong edges are short",
        help="Add up 1 / weight along a route instead of counting steps.",
        group="Path",
    )


class InstancesSpec(Spec):
    """Where a motif is."""

    wiring: WiringSpec = knob(WiringSpec(), label="Wiring", help="Whose neurons.", group="Wiring")
    motif: Literal[
        "021D", "021U", "021C", "111D", "111U", "030T", "030C",
        "201", "120D", "120U", "120C", "210", "300",
    ] = knob("030T", label="Motif", help="Which connected triad.", group="Motif")  # fmt: skip
    most: int = knob(
        60, label="At most", help="How many instances are listed.", group="Motif", ge=1, le=100_000
    )
