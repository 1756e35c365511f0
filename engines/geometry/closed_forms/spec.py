"""How large the three systems are, and how much is drawn of each."""

from __future__ import annotations

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob

WITHIN = 0.15
"""So close to their formulas means of deep layers have to be."""


class ClosedFormsSpec(Spec):
    """Three systems of chance, each drawn many times beside the formula that says how it ends."""

    n_cells: int = knob(
        200, label="Cells", help="Of the layer that a segment listens to.", group="Sparse codes",
        ge=20, le=5_000, soft=(100, 1_000),
    )  # fmt: skip
    n_active: int = knob(
        20, label="Active cells", help="In every pattern, drawn at random.", group="Sparse codes",
        ge=1, le=500, soft=(5, 50),
    )  # fmt: skip
    n_synapses: int = knob(
        20, label="Synapses", help="Of the segment, each on a cell of its own.",
        group="Sparse codes", ge=1, le=500, soft=(5, 50),
    )  # fmt: skip
    threshold: int = knob(
        5, label="Threshold", help="So many active synapses are a match; claims are read there.",
        group="Sparse codes", ge=1, le=500, soft=(1, 12),
    )  # fmt: skip
    n_dimensions: int = knob(
        64, label="Dimensions of keys", help="Items are stored under keys of length 1.",
        group="Linear attention", ge=4, le=256, soft=(8, 128),
    )  # fmt: skip
    width: int = knob(
        32, label="Width", help="Of every random layer; half and a quarter of it are drawn too.",
        group="Deep layers", ge=8, le=128, soft=(16, 64),
    )  # fmt: skip
    depth: int = knob(
        16, label="Layers", help="Of weights N(0, C / width).", group="Deep layers", ge=4, le=64,
        soft=(8, 32),
    )  # fmt: skip
    n_groups: int = knob(
        20, label="Groups", help="Of draws; intervals are over these.", group="Draws", ge=5, le=200,
        soft=(10, 50),
    )  # fmt: skip
    n_draws: int = knob(
        250, label="Draws in a group", help="Deep networks; of patterns twenty times as many.",
        group="Draws", ge=20, le=5_000, soft=(100, 1_000),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal draws.", group="Draws")

    @model_validator(mode="after")
    def _fits(self) -> ClosedFormsSpec:
        if 2 * max(self.n_active, self.n_synapses) > self.n_cells:
            raise SpecError(
                f"at most half of the {self.n_cells} cells can be active or have a synapse, got "
                f"{self.n_active} active cells and {self.n_synapses} synapses; take more cells"
            )
        if self.threshold > min(self.n_active, self.n_synapses):
            raise SpecError(
                f"no pattern of {self.n_active} cells makes {self.threshold} of "
                f"{self.n_synapses} synapses active; take a lower threshold"
            )
        return self
