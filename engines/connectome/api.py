"""One-liners for notebooks and scripts; each takes a dataset's name or a `Connectome`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from engines.connectome.dynamics.activity import Activity
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.measures.paths import Paths, paths_of
from engines.connectome.measures.spec import MeasuresSpec, PathSpec
from engines.connectome.nulls.measured import Measured
from engines.connectome.nulls.measuring import frames_of
from engines.connectome.wiring import kept, selection
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, connectome_of, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import ExplorerError
from engines.running import registry

if TYPE_CHECKING:
    from engines.connectome.experiments.activity.cell_types import CellTypes
    from engines.connectome.experiments.activity.dynamic_communities import Motifs
    from engines.connectome.experiments.activity.hidden_states import HiddenStates
    from engines.connectome.experiments.activity.next_step import NextStep
    from engines.connectome.experiments.activity.recordings import Recorded
    from engines.connectome.experiments.activity.regimes import Regimes
    from engines.connectome.experiments.activity.spike_attention import SpikeAttention
    from engines.connectome.experiments.bodies.race import Race
    from engines.connectome.experiments.bodies.swimmer import Swimmers
    from engines.connectome.experiments.comparison.development import Development
    from engines.connectome.experiments.learning.almost_linear import AlmostLinear
    from engines.connectome.experiments.learning.delays import Delays
    from engines.connectome.experiments.learning.graph_network import Waves
    from engines.connectome.experiments.learning.look_alikes import LookAlikes
    from engines.connectome.experiments.learning.masks import Masks
    from engines.connectome.experiments.learning.phrases import Phrases
    from engines.connectome.experiments.learning.predictive import Predictive
    from engines.connectome.experiments.learning.rich_lazy import RichLazy
    from engines.connectome.experiments.learning.rnn_hmm import Emulated
    from engines.connectome.experiments.learning.timescales import Timescales
    from engines.connectome.experiments.learning.wired_start import WiredStart
    from engines.connectome.experiments.memory.completion import Completion
    from engines.connectome.experiments.memory.expecting import Expecting
    from engines.connectome.experiments.memory.hopfield import Hopfield
    from engines.connectome.experiments.memory.lateral import Lateral
    from engines.connectome.experiments.memory.liquid import Liquids
    from engines.connectome.experiments.memory.places import Places
    from engines.connectome.experiments.memory.remembering import Remembering
    from engines.connectome.experiments.memory.reservoir import Reservoir
    from engines.connectome.experiments.structure.spectrum import Spectrum


def named(connectome: str | Connectome) -> dict[str, Any]:
    """The fields of a spec that name this connectome; an own one is kept on disk first."""
    if isinstance(connectome, Connectome):
        return {"own": kept.keep(connectome)}
    return {"dataset": connectome}


def graph(connectome: str | Connectome, **fields: Any) -> Graph:
    """The joined graph: ``graph("cook2019", electrical=False, min_weight=3, lesion="AVA")``."""
    return graph_of(WiringSpec(**named(connectome), **fields))


def measure(connectome: str | Connectome, **fields: Any) -> Measured:
    """Every measure beside its nulls: ``measure("varshney2011", n_nulls=200, lesion="AVAL")``."""
    *_, last = frames_of(MeasuresSpec(**named(connectome), **fields))
    if not isinstance(last, Measured):
        raise ExplorerError("the measures ended without a result")
    return last


def paths(
    connectome: str | Connectome,
    source: str,
    target: str,
    *,
    k: int = 12,
    weighted: bool = False,
    **fields: Any,
) -> Paths:
    """Ways from one neuron to another: ``paths("varshney2011", "PLML", "DA6").names``."""
    wiring = WiringSpec(**named(connectome), **fields)
    ends = [selection.neuron(connectome_of(wiring), name) for name in (source, target)]
    return paths_of(PathSpec(wiring=wiring, source=ends[0], target=ends[1], k=k, weighted=weighted))


def stimulate(connectome: str | Connectome, targets: str, **fields: Any) -> Activity:
    """Activity after a stimulus: ``stimulate("varshney2011", "PLM", lesion="AVA").ranked()``."""
    from engines.connectome.dynamics import simulation

    *_, last = simulation.frames_of(StimulusSpec(**named(connectome), targets=targets, **fields))
    if not isinstance(last, Activity):
        raise ExplorerError("the simulation ended without a result")
    return last


def lesion_scan(connectome: str | Connectome, **fields: Any) -> Any:
    """Damage by the loss of each neuron: ``lesion_scan("varshney2011", measure="efficiency")``."""
    from engines.connectome.experiments.lesions import scan

    return scan.EXPERIMENT.result(scan.ScanSpec(**named(connectome), **fields))


def communities(connectome: str | Connectome, **fields: Any) -> Any:
    """Consensus of many partitions: ``communities("varshney2011", method="Leiden").label``."""
    from engines.connectome.experiments.communities import communities as found

    return found.EXPERIMENT.result(found.CommunitySpec(**named(connectome), **fields))


def compare(first: str, second: str, **fields: Any) -> Any:
    """Two datasets on the neurons they share: ``compare("varshney2011", "cook2019").counts()``."""
    from engines.connectome.experiments.comparison import compare as both

    return both.compared(both.CompareSpec(first=first, second=second, **fields))  # type: ignore[arg-type]


# Whole experiments, by the fields of their specs ---------------------------------------------


def _run(name: str, fields: dict[str, Any]) -> Any:
    experiment = registry.experiment(f"connectome/{name}")
    return experiment.result(experiment.spec(**fields))


def spectrum(connectome: str | Connectome, **fields: Any) -> Spectrum:
    """Eigenvalues beside nulls: ``spectrum("varshney2011").number("spectral radius")``."""
    return cast("Spectrum", _run("spectrum", named(connectome) | fields))


def swimmer(**fields: Any) -> Swimmers:
    """A body that a circuit swims: ``swimmer(lesion="AVB").speeds``."""
    return cast("Swimmers", _run("swimmer", fields))


def race_of_circuits(**fields: Any) -> Race:
    """Circuits that learn to swim, against episodes: ``race_of_circuits(n_starts=3)``."""
    return cast("Race", _run("race", fields))


def reservoir(**fields: Any) -> Reservoir:
    """What a random network holds of its input: ``reservoir(n_networks=3).at(-1, "own")``."""
    return cast("Reservoir", _run("reservoir", fields))


def remembering(connectome: str | Connectome, **fields: Any) -> Remembering:
    """A wiring as a memory beside its nulls: ``remembering("varshney2011").whole``."""
    return cast("Remembering", _run("remembering", named(connectome) | fields))


def hopfield(**fields: Any) -> Hopfield:
    """Several patterns at once, beside theory: ``hopfield(noise=0.005).theory``."""
    return cast("Hopfield", _run("hopfield", fields))


def completion(**fields: Any) -> Completion:
    """Patterns from a part of them: ``completion(n_stored=75).table()``."""
    return cast("Completion", _run("completion", fields))


def known_places(**fields: Any) -> Places:
    """Places of a route, known again with fewer cells: ``known_places(removed=0.1).found``."""
    return cast("Places", _run("places", fields))


def lateral_memory(**fields: Any) -> Lateral:
    """Tasks one after the other, kept by lateral cells: ``lateral_memory(n_tasks=2).right``."""
    return cast("Lateral", _run("lateral", fields))


def rich_lazy(**fields: Any) -> RichLazy:
    """How far networks move from starts of each rank: ``rich_lazy(n_seeds=3)``."""
    return cast("RichLazy", _run("rich_lazy", fields))


def wired_start(connectome: str | Connectome, **fields: Any) -> WiredStart:
    """Learning that starts from a wiring: ``wired_start("human_1", n_steps=20)``."""
    return cast("WiredStart", _run("wired_start", named(connectome) | fields))


def masked_networks(**fields: Any) -> Masks:
    """Networks whose connections a mask allows: ``masked_networks(n_epochs=5)``."""
    return cast("Masks", _run("masks", fields))


def wave(connectome: str | Connectome, **fields: Any) -> Waves:
    """Messages from a neuron to another: ``wave("varshney2011", start="PLML", goal="DA6")``."""
    return cast("Waves", _run("graph_network", {"over": "wiring"} | named(connectome) | fields))


def emulated_chain(**fields: Any) -> Emulated:
    """A network that became a hidden chain: ``emulated_chain(trained_from="seed 3").error``."""
    return cast("Emulated", _run("rnn_hmm", fields))


def almost_linear(**fields: Any) -> AlmostLinear:
    """A chaotic flow from networks that bend in few units: ``almost_linear(n_rectified=2)``."""
    return cast("AlmostLinear", _run("almost_linear", fields))


def liquids(**fields: Any) -> Liquids:
    """Spiking liquids and the astrocyte that watches them: ``liquids(hears=0.1).sigma``."""
    return cast("Liquids", _run("liquid", fields))


def expected_events(**fields: Any) -> Expecting:
    """What comes and when, and how soon it is learnt anew: ``expected_events().waits()``."""
    return cast("Expecting", _run("expecting", fields))


def long_timescales(**fields: Any) -> Timescales:
    """How far back networks learn to look: ``long_timescales(n_steps=300).table()``."""
    return cast("Timescales", _run("timescales", fields))


def learnt_delays(**fields: Any) -> Delays:
    """Delays that learn, beside their controls: ``learnt_delays(n_seeds=3).ends``."""
    return cast("Delays", _run("delays", fields))


def spike_phrases(**fields: Any) -> Phrases:
    """What the complexity of spike trains tells: ``spike_phrases(again=0.4).told``."""
    return cast("Phrases", _run("phrases", fields))


def predictive(**fields: Any) -> Predictive:
    """Codes of places where later ones are foretold: ``predictive(n_networks=3).like``."""
    return cast("Predictive", _run("predictive", fields))


def activity_motifs(**fields: Any) -> Motifs:
    """Who moves together, when and in whom: ``activity_motifs(lesion="motif:1")``."""
    return cast("Motifs", _run("dynamic_communities", fields))


def hidden_states(**fields: Any) -> HiddenStates:
    """States that couplings switch with: ``hidden_states(n_recordings=3).score``."""
    return cast("HiddenStates", _run("hidden_states", fields))


def next_step(**fields: Any) -> NextStep:
    """What foretells the next frame of a recording: ``next_step(source="planted")``."""
    return cast("NextStep", _run("next_step", fields))


def recorded_communities(**fields: Any) -> Recorded:
    """Communities of a recording, window by window: ``recorded_communities()``."""
    return cast("Recorded", _run("recordings", fields))


def development(**fields: Any) -> Development:
    """One animal's brain at eight ages: ``development()``."""
    return cast("Development", _run("development", fields))


def look_alikes(**fields: Any) -> LookAlikes:
    """What tells graphs apart that look alike: ``look_alikes(n_seeds=3).table()``."""
    return cast("LookAlikes", _run("look_alikes", fields))


def groups_and_regimes(**fields: Any) -> Regimes:
    """Neurons and times that belong together: ``groups_and_regimes(n_recordings=3).table()``."""
    return cast("Regimes", _run("regimes", fields))


def told_types(**fields: Any) -> CellTypes:
    """Stimuli that tell types of cells apart: ``told_types(n_populations=3).of(0)``."""
    return cast("CellTypes", _run("cell_types", fields))


def spike_attention(**fields: Any) -> SpikeAttention:
    """Does attention look at the cells that matter: ``spike_attention(n_recordings=3).table()``."""
    return cast("SpikeAttention", _run("spike_attention", fields))
