"""Bundled connectomes, recordings and neurons by name, for the page's search."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.experiments.activity.recordings import RecordingSpec
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.wiring.catalogue import NAMES, load
from engines.connectome.wiring.connectome import Connectome
from engines.contract import Findable

_GENERATED = ("erdos_renyi", "lattice", "block_model", "fly_size")
DATA = tuple(name for name in NAMES if name not in _GENERATED)
"""How specs name the connectomes, and the recordings of the same people."""


def findable() -> Iterator[Findable]:
    """Every bundled data set, and every neuron once: in the first data set that has it."""
    seen: set[str] = set()
    for name in DATA:
        made = load(name)
        spec = MeasuresSpec.model_validate({"dataset": name})
        yield Findable(
            "connectome",
            made.provenance.title,
            f"{name}, {made.provenance.counts}",
            "connectome/explore",
            spec,
        )
        if not name.startswith("human"):  # regions have numbers, no names
            yield from _neurons(made, spec, seen)
    for source in ("human_1", "human_2", "human_3", "human_4", "human_5"):
        yield Findable(
            "recording",
            f"Recording of person {source[-1]}",
            f"{source}, fMRI at rest",
            "connectome/recordings",
            RecordingSpec.model_validate({"source": source}),
        )


def _neurons(made: Connectome, spec: MeasuresSpec, seen: set[str]) -> Iterator[Findable]:
    labels = made.columns.get("label", ("",) * made.n_neurons)
    for neuron, label in zip(made.neurons, labels, strict=True):
        # What has a number for its name is called by its label; without one nobody looks for it.
        title = f"{label} ({neuron})" if neuron.isdigit() else neuron
        if (neuron.isdigit() and not label) or title in seen:
            continue
        seen.add(title)
        selected = {"neurons": [neuron]}
        about = f"in {made.name}"
        yield Findable("neuron", title, about, "connectome/explore", spec, selected)
