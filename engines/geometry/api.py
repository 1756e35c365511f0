"""One call each for scripts and notebooks: fields of a spec in, its result out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from engines.running import registry

if TYPE_CHECKING:
    from torch import nn

    from engines.geometry.aligning.result import AlignmentRun
    from engines.geometry.analyses.comparison import SimilarityMatrix
    from engines.geometry.analyses.moment import Moment
    from engines.geometry.analyses.task_geometry import TaskGeometry
    from engines.geometry.closed_forms.result import ClosedFormsRun
    from engines.geometry.convergence.found import ConvergentRun
    from engines.geometry.dictionaries.result import DictionaryRun
    from engines.geometry.experts.result import ExpertsRun
    from engines.geometry.explaining.result import ExplainingRun
    from engines.geometry.infinite_depth.result import InfiniteDepthRun
    from engines.geometry.information.pictures import InformationRun
    from engines.geometry.interaction.result import InteractionRun
    from engines.geometry.learning.deep_linear import SaxeRun
    from engines.geometry.learning.phase_diagram import Phase
    from engines.geometry.learning.studio import StudioRun
    from engines.geometry.mapping.result import MappingRun
    from engines.geometry.mechanisms.modular_addition import ModularRun
    from engines.geometry.mechanisms.opposing import OpposingRun
    from engines.geometry.mechanisms.stages import StagesRun
    from engines.geometry.mechanisms.weight_matching import Matching
    from engines.geometry.mechanisms.winners import WinnerRun
    from engines.geometry.merging.result import MergingRun
    from engines.geometry.mixtures.found import MixtureRun
    from engines.geometry.own_data.sentences import SentencesRun
    from engines.geometry.pruning.pictures import TicketRun
    from engines.geometry.theory.double_descent import GeneralisationRun
    from engines.geometry.theory.memories import ModernHopfieldRun
    from engines.geometry.theory.predictors import PredictorRun
    from engines.geometry.timed_rsa.result import TimedRun
    from engines.geometry.transformers.induction_course import InductionRun
    from engines.geometry.transformers.patching import PatchingRun
    from engines.lab.training.stack import Stack


def _run(name: str, fields: dict[str, Any]) -> Any:
    experiment = registry.experiment(f"geometry/{name}")
    return experiment.result(experiment.spec(**fields))


def studio(**fields: Any) -> StudioRun:
    """Train networks side by side; fields of `StudioSpec`."""
    return cast("StudioRun", _run("studio", fields))


def phase_diagram(**fields: Any) -> Phase:
    """Nonlinearity x alignment; fields of `PhaseSpec`."""
    return cast("Phase", _run("phase", fields))


def deep_linear(**fields: Any) -> SaxeRun:
    """A deep linear network beside its closed form; fields of `SaxeSpec`."""
    return cast("SaxeRun", _run("saxe", fields))


def noncontrastive(**fields: Any) -> PredictorRun:
    """Learning without negative pairs and what keeps it alive; fields of `PredictorSpec`."""
    return cast("PredictorRun", _run("noncontrastive", fields))


def double_descent(**fields: Any) -> GeneralisationRun:
    """Linear students beside random-matrix theory; fields of `GeneralisationSpec`."""
    return cast("GeneralisationRun", _run("generalisation", fields))


def attention_memory(**fields: Any) -> ModernHopfieldRun:
    """A modern Hopfield network at every temperature; fields of `ModernHopfieldSpec`."""
    return cast("ModernHopfieldRun", _run("attention_memory", fields))


def closed_forms(**fields: Any) -> ClosedFormsRun:
    """Sparse codes, linear attention and deep layers drawn; fields of `ClosedFormsSpec`."""
    return cast("ClosedFormsRun", _run("closed_forms", fields))


def infinite_depth(**fields: Any) -> InfiniteDepthRun:
    """What endless depth makes of wide networks; fields of `InfiniteDepthSpec`."""
    return cast("InfiniteDepthRun", _run("infinite_depth", fields))


def information_plane(**fields: Any) -> InformationRun:
    """What layers seem to know of input and label, by estimator; fields of `InformationSpec`."""
    return cast("InformationRun", _run("information", fields))


def induction_heads(**fields: Any) -> InductionRun:
    """Transformers that learn to look a label up, parts of them held; fields of `InductionSpec`."""
    return cast("InductionRun", _run("induction", fields))


def interaction_basis(**fields: Any) -> InteractionRun:
    """Which basis keeps sums right with fewest edges; fields of `InteractionSpec`."""
    return cast("InteractionRun", _run("interaction", fields))


def neighbour_maps(**fields: Any) -> MappingRun:
    """t-SNE or UMAP from several seeds beside normal clouds; fields of `MappingSpec`."""
    return cast("MappingRun", _run("maps", fields))


def opposing_signals(**fields: Any) -> OpposingRun:
    """Outliers with opposite labels and their controls; fields of `OpposingSpec`."""
    return cast("OpposingRun", _run("opposing", fields))


def lottery_tickets(**fields: Any) -> TicketRun:
    """Weights pruned round by round, beside their controls; fields of `TicketSpec`."""
    return cast("TicketRun", _run("tickets", fields))


def layer_parts(**fields: Any) -> ExpertsRun:
    """Experts asked a few at a time, and bricks taken out; fields of `ExpertsSpec`."""
    return cast("ExpertsRun", _run("experts", fields))


def convergent_learning(**fields: Any) -> ConvergentRun:
    """Units of one network found again in others; fields of `ConvergentSpec`."""
    return cast("ConvergentRun", _run("convergent", fields))


def through_transformer(**fields: Any) -> PatchingRun:
    """Logit lens and activation patching of a small transformer; fields of `PatchingSpec`."""
    return cast("PatchingRun", _run("patching", fields))


def dictionaries(**fields: Any) -> DictionaryRun:
    """Sparse codes of what a small transformer holds; fields of `DictionarySpec`."""
    return cast("DictionaryRun", _run("dictionaries", fields))


def alignment_maps(**fields: Any) -> AlignmentRun:
    """A variable swapped by neurons, rotations and maps that bend; of `AlignmentSpec`."""
    return cast("AlignmentRun", _run("alignment", fields))


def modular_addition(**fields: Any) -> ModularRun:
    """A network that learns to add modulo a prime; fields of `ModularSpec`."""
    return cast("ModularRun", _run("modular", fields))


def frequency_winners(**fields: Any) -> WinnerRun:
    """Which frequency each neuron ends with, foretold; fields of `WinnerSpec`."""
    return cast("WinnerRun", _run("winners", fields))


def addition_stages(**fields: Any) -> StagesRun:
    """Memorise, sort, understand, clean up; fields of `StagesSpec`."""
    return cast("StagesRun", _run("stages", fields))


def match_neurons(**fields: Any) -> Matching:
    """The way between two networks before and after matching; fields of `MatchingSpec`."""
    return cast("Matching", _run("matching", fields))


def merge_experts(**fields: Any) -> MixtureRun:
    """Mixtures of eight experts merged into fewer; fields of `MixtureSpec`."""
    return cast("MixtureRun", _run("mixtures", fields))


def merge_networks(**fields: Any) -> MergingRun:
    """Networks in one order of units, three at a time and in part; fields of `MergingSpec`."""
    return cast("MergingRun", _run("merging", fields))


def explain_rdms(**fields: Any) -> ExplainingRun:
    """Models held against measured distances, under a noise ceiling; of `ExplainingSpec`."""
    return cast("ExplainingRun", _run("explaining", fields))


def timed_rsa(**fields: Any) -> TimedRun:
    """Models held against every moment of learning or of a recording; fields of `TimedSpec`."""
    return cast("TimedRun", _run("timed_rsa", fields))


def task_geometry(**fields: Any) -> TaskGeometry:
    """Every dichotomy of a layer; fields of `DichotomySpec`."""
    return cast("TaskGeometry", _run("taskgeometry", fields))


def compare(**fields: Any) -> SimilarityMatrix:
    """Layers, networks and moments against each other; fields of `CompareSpec`."""
    return cast("SimilarityMatrix", _run("compare", fields))


def attributions(
    networks: Stack | nn.Module | Sequence[nn.Module], x: Any, target: Any, **fields: Any
) -> np.ndarray:
    """Integrated gradients [net, example, input] of inputs [example, ...] for outputs [example].

    Networks are one torch module, several alike or a stack; other fields as in
    `engines.lab.attribution.integrated`.
    """
    import torch

    from engines.lab.attribution.integrated import integrated_gradients
    from engines.lab.training import Stack, stack_of

    if not isinstance(networks, Stack):
        modules = [networks] if isinstance(networks, torch.nn.Module) else list(networks)
        networks = stack_of(modules)
    if fields.get("baseline") is not None:
        fields["baseline"] = torch.as_tensor(fields["baseline"])
    return integrated_gradients(
        networks, torch.as_tensor(x), torch.as_tensor(target), **fields
    ).numpy()  # fmt: skip


def moment(**fields: Any) -> Moment:
    """Scores, topology, dimension and units at one moment; fields of `MomentSpec`."""
    return cast("Moment", _run("moment", fields))


def sentences(text: str, **fields: Any) -> SentencesRun:
    """Sentences through MiniLM, one per line; other fields of `SentencesSpec`."""
    return cast("SentencesRun", _run("sentences", {"text": text, **fields}))
