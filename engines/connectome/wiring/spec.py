"""Requests of the connectome workbench; every convention that changes a number is a field."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from engines.connectome.wiring.catalogue import DatasetName
from engines.contract import Seed, Spec, knob

LESION_MAX = 4_000


class WiringSpec(Spec):
    """Which wiring: dataset, layers, threshold, filter and lesions."""

    dataset: DatasetName = knob(
        "varshney2011",
        label="Connectome",
        help="Whose wiring; its card with source, licence and caveats is in the inspector.",
        group="Data",
    )
    own: str = knob(
        "",
        label="Own connectome",
        help="The digest of an imported connectome, which then stands in for the dataset.",
        group="Data",
        widget="hidden",
        pattern="^([0-9a-f]{16})?$",
    )
    chemical: bool = knob(
        True, label="Chemical", help="Chemical synapses, directed.", group="Layers"
    )
    electrical: bool = knob(
        True, label="Electrical", help="Gap junctions, both directions.", group="Layers"
    )
    monoamine: bool = knob(
        False, label="Monoamine", help="Extrasynaptic monoamine signalling.", group="Layers"
    )
    neuropeptide: bool = knob(
        False, label="Neuropeptide", help="Extrasynaptic peptide signalling.", group="Layers"
    )
    min_weight: float = knob(
        0.0,
        label="At least",
        help="Directed pairs whose weight, summed over the layers shown, is smaller are left out.",
        unit="synapses",
        group="Layers",
        ge=0,
        le=1_000,
        soft=(0, 20),
        step=1,
    )
    only: str = knob(
        "", label="Only these", help="Names, /patterns/, class:AVA, role:motor or "
        "transmitter:GABA, separated by commas; all others are left out of the wiring, not "
        "lesioned. Empty: everybody.", group="Filter", widget="text", max_length=LESION_MAX,
    )  # fmt: skip
    node: Literal["neuron", "class", "role", "transmitter"] = knob(
        "neuron", label="One node per", help="Neurons of one class, role or transmitter become "
        "one node; weights between two are added, edges inside one are a self-loop.",
        group="Filter",
    )  # fmt: skip
    component: Literal["all", "largest", "largest strong"] = knob(
        "all", label="Components", help="All; or the largest one of what is left alone, joined in "
        "either direction, or in both (strong).", group="Filter",
    )  # fmt: skip
    lesion: str = knob(
        "",
        label="Lesioned",
        help="Names, /patterns/, class:AVA, role:motor, transmitter:GABA, or edges A->B, separated "
        "by commas; they are cut out of the wiring.",
        group="Lesions",
        widget="text",
        max_length=LESION_MAX,
    )
    lesion_fraction: float = knob(
        0.0,
        label="And at random",
        help="Share of all neurons that is cut out besides, drawn with the seed.",
        group="Lesions",
        ge=0,
        le=1,
        step=0.01,
    )
    lesion_seed: Seed = knob(
        0, label="Lesion seed", help="Equal seeds cut the same neurons.", group="Lesions"
    )

    @field_validator("lesion", "only")
    @classmethod
    def _trimmed(cls, text: str) -> str:
        return ", ".join(part.strip() for part in text.split(",") if part.strip())

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that are switched on."""
        named = ("chemical", "electrical", "monoamine", "neuropeptide")
        return tuple(name for name in named if getattr(self, name))
