"""Requests of the large view."""

from __future__ import annotations

from typing import Literal

from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.wiring.synthetic import FLY_EDGES, FLY_NEURONS
from engines.contract import Seed, Spec, knob


class LargeSpec(Spec):
    """A wiring too large for the browser: a synthetic one, or an imported one."""

    own: str = knob(
        "", label="Own connectome", help="Digest of an imported connectome instead.",
        group="Wiring", widget="hidden", pattern="^([0-9a-f]{16})?$",
    )  # fmt: skip
    n_neurons: int = knob(
        FLY_NEURONS, label="Neurons", help="Of the synthetic wiring.", group="Wiring",
        ge=3, le=300_000, soft=(1_000, 150_000), marks={FLY_NEURONS: "fly"},
    )  # fmt: skip
    n_edges: int = knob(
        int(FLY_EDGES * 1.006), label="Edges drawn", help="Doubles become weights, self-loops "
        "are dropped, so a few fewer come out.", group="Wiring", ge=0, le=20_000_000,
        soft=(10_000, 3_000_000),
    )  # fmt: skip
    n_blocks: int = knob(
        60, label="Blocks", help="Groups of neurons.", group="Wiring", ge=1, le=500
    )
    within: float = knob(
        0.7, label="Within blocks", help="Share of edges that stay in their block.",
        group="Wiring", ge=0, le=1, step=0.05,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal wirings.", group="Wiring")
    n_rounds: int = knob(
        80, label="Layout rounds", help="Of the force layout, after the spectral start.",
        group="Layout", ge=0, le=1_000, soft=(0, 200),
    )  # fmt: skip
    spikes_ms: float = knob(
        0.0, label="Spikes", help="How long the spiking model runs, 100 neurons of the first "
        "block stimulated; none for 0.", unit="ms", group="Spikes", ge=0, le=2_000, soft=(0, 200),
    )  # fmt: skip
    null: Literal["directed degree", "undirected degree", "class blocks", "random graph"] = knob(
        "directed degree", label="Null model", help="What random wirings keep: in- and "
        "out-degrees; degrees without directions; degrees and edges between groups; "
        "only the number of edges.",
        group="Nulls",
    )  # fmt: skip
    n_nulls: int = knob(
        0, label="Nulls", help="How many; one of a fly's size takes half a minute. Clustering, "
        "reciprocity, assortativity, rich club, motifs and strengths are exact, paths start from "
        "32 sampled neurons.", group="Nulls", ge=0, le=1_000, soft=(0, 20),
    )  # fmt: skip
    swaps_per_edge: float = knob(
        10.0, label="Swaps per edge", help="Accepted swaps per edge; most of a null's time.",
        group="Nulls", gt=0, le=100, soft=(1, 20),
    )  # fmt: skip

    @property
    def measures(self) -> MeasuresSpec:
        """The request for measures that the nulls answer."""
        asked = {name: getattr(self, name) for name in ("null", "n_nulls", "swaps_per_edge")}
        return MeasuresSpec(own=self.own, seed=self.seed, **asked)

    @property
    def laid_out(self) -> LargeSpec:
        """The spec as far as the layout depends on it."""
        plain = LargeSpec()
        return self.replace(
            spikes_ms=0.0, null=plain.null, n_nulls=0, swaps_per_edge=plain.swaps_per_edge
        )


class RasterSpec(Spec):
    """A window of a large wiring as pixels."""

    graph: LargeSpec = knob(LargeSpec(), label="Wiring", help="Which wiring.", group="Wiring")
    left: float = knob(0.0, label="Left", help="x of the window's left edge.", group="Window")
    bottom: float = knob(0.0, label="Bottom", help="y of its lower edge.", group="Window")
    width: float = knob(1.0, label="Width", help="Of the window.", group="Window", gt=0, le=100)
    height: float = knob(1.0, label="Height", help="Of the window.", group="Window", gt=0, le=100)
    columns: int = knob(800, label="Columns", help="Pixels across.", group="Window", ge=1, le=4_000)
    rows: int = knob(600, label="Rows", help="Pixels down.", group="Window", ge=1, le=4_000)
    focus: int = knob(
        -1, label="Neuron", help="Whose edges are drawn apart; -1 for nobody's.", group="Window",
        ge=-1,
    )  # fmt: skip
