"""One call each for scripts and notebooks: texts or entries of the library in, a result out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from engines.contract import InputError
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.learning.spec import Entrant, RaceSpec, RaceTask, named
from engines.diagrams.library import LIBRARY
from engines.diagrams.local.results import LocalResult
from engines.diagrams.multigrid.results import MultigridResult
from engines.diagrams.operators.results import OperatorResult
from engines.diagrams.ordering.results import PosetResult
from engines.diagrams.reaching.results import BoundsResult
from engines.diagrams.systems.results import SystemsResult
from engines.diagrams.tangling.results import TanglingResult
from engines.diagrams.watching.result import Watched
from engines.running import registry

if TYPE_CHECKING:
    from torch import nn

    from engines.diagrams.arms.results import ArmsResult
    from engines.diagrams.beyond.results import BeyondResult
    from engines.diagrams.bounding.results import BranchResult
    from engines.diagrams.changes.results import ChangesResult
    from engines.diagrams.choosing.results import ChoosingResult
    from engines.diagrams.commuting.results import CommutingResult
    from engines.diagrams.cutting.results import SortedResult
    from engines.diagrams.dendrites.results import DendritesResult
    from engines.diagrams.edges.results import KanResult
    from engines.diagrams.filters.results import FiltersResult
    from engines.diagrams.guided.results import GuidedResult
    from engines.diagrams.keys.results import KeysResult
    from engines.diagrams.learning.course import RaceResult
    from engines.diagrams.local.results import LocalResult
    from engines.diagrams.multigrid.results import MultigridResult
    from engines.diagrams.operators.results import OperatorResult
    from engines.diagrams.ordering.results import PosetResult
    from engines.diagrams.programs.results import ProgramsResult
    from engines.diagrams.reaching.results import BoundsResult
    from engines.diagrams.tangling.results import TanglingResult
    from engines.diagrams.watching.result import Watched


def race(*entrants: str | Circuit | nn.Module, **fields: Any) -> RaceResult:
    """Train diagrams side by side; ``.verdicts`` says what may be said at five budgets.

    Args:
        entrants: texts, names of the library, diagrams, or modules of torch, which race as they
            are drawn: with fresh weights for every seed. Each is compared with the first.
        fields: of `RaceSpec`: ``task``, ``match``, ``n_steps``, ``n_seeds`` ...

    Raises:
        InputError: no entrant, or one that does not fit the task.
    """
    if not entrants:
        raise InputError("a race needs at least one entrant: a text, a name of the library")
    made: list[Entrant] = []
    experiment = registry.experiment("diagrams/race")
    task = fields.get("task", RaceSpec().task)
    for one in entrants:
        made.append(_entrant(one, task, {other.name for other in made}))
    spec = experiment.spec(entrants=tuple(made), **fields)
    return cast("RaceResult", experiment.result(spec))


def wire_values(diagram: str | Circuit, own: Any = None, **fields: Any) -> Watched:
    """What flows on every wire; ``.of(path).at(example)`` is float32[panel, row, column].

    Args:
        diagram: a text, a name of the library, or a diagram.
        own: the input: an array, or a dict of one per input by its name; random numbers without.
        fields: of `WatchSpec`: ``data="digits"`` and ``n_steps`` to learn first, ``seed`` ...

    Raises:
        InputError: an array that does not fit the diagram's input: what came, what is wanted.
    """
    from engines.diagrams.watching.own import keep_arrays

    experiment = registry.experiment("diagrams/values")
    given = {} if own is None else {"upload": keep_arrays(own)}
    fields = {"text": _text(diagram), "data": "random numbers", "n_steps": 0, **given, **fields}
    return cast("Watched", experiment.result(experiment.spec(**fields)))


def branch(**fields: Any) -> BranchResult:
    """Is the output above 0 in a box? ``.ratio(one way, another)`` compares regions looked at.

    Args:
        fields: of `BranchSpec`: ``function``, ``n_nets``, ``limit``, ``margin`` ...
    """
    experiment = registry.experiment("diagrams/branch")
    return cast("BranchResult", experiment.result(experiment.spec(**fields)))


def bounds_drawn(**fields: Any) -> BoundsResult:
    """Bounds of every wire in boxes around examples; ``.radius``, ``.verdict(example, size)``.

    Args:
        fields: of `BoundsSpec`: ``text``, ``data``, ``reach``, ``n_examples`` ...
    """
    experiment = registry.experiment("diagrams/bounds")
    return cast("BoundsResult", experiment.result(experiment.spec(**fields)))


def kan(**fields: Any) -> KanResult:
    """Functions on edges beside perceptrons; ``.ratio(one, other)`` compares errors.

    Args:
        fields: of `KanSpec`: ``task``, ``n_hidden``, ``n_steps``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/kan")
    return cast("KanResult", experiment.result(experiment.spec(**fields)))


def local_rules(**fields: Any) -> LocalResult:
    """Rules without a gradient through the network, beside backprop; ``.mean(rule)``.

    Args:
        fields: of `LocalSpec`: ``n_steps``, ``n_nets``, ``n_blocks``, ``learning_rate`` ...
    """
    experiment = registry.experiment("diagrams/local_rules")
    return cast("LocalResult", experiment.result(experiment.spec(**fields)))


def operator(**fields: Any) -> OperatorResult:
    """Burgers' equation learnt on one grid and asked on four; ``.mean(network, grid)``.

    Args:
        fields: of `OperatorSpec`: ``n_steps``, ``n_nets``, ``n_modes``, ``viscosity`` ...
    """
    experiment = registry.experiment("diagrams/operator")
    return cast("OperatorResult", experiment.result(experiment.spec(**fields)))


def posets(**fields: Any) -> PosetResult:
    """Every kind of partial order with its ideals, extensions and filter; ``.table()``.

    Args:
        fields: of `PosetSpec`: ``n_points``, ``n_inputs`` ...
    """
    experiment = registry.experiment("diagrams/posets")
    return cast("PosetResult", experiment.result(experiment.spec(**fields)))


def sorted_widths(**fields: Any) -> SortedResult:
    """One network of many widths beside one for each; ``.mean(arm, width)``.

    Args:
        fields: of `SortedSpec`: ``task``, ``n_steps``, ``n_nets``, ``learning_rate`` ...
    """
    experiment = registry.experiment("diagrams/sorted")
    return cast("SortedResult", experiment.result(experiment.spec(**fields)))


def attention_lengths(**fields: Any) -> ArmsResult:
    """Attention learnt on 32 symbols and asked on 512; ``.looks.mean(measure, arm, length)``.

    Args:
        fields: of `LengthsSpec`: ``power``, ``n_steps``, ``n_nets``, ``learning_rate`` ...
    """
    experiment = registry.experiment("diagrams/lengths")
    return cast("ArmsResult", experiment.result(experiment.spec(**fields)))


def norms(**fields: Any) -> ArmsResult:
    """Normalised 2, 4 or 32 pictures at a time; ``.looks.mean(measure, arm, size)``.

    Args:
        fields: of `NormsSpec`: ``task``, ``n_steps``, ``n_nets``, ``learning_rate`` ...
    """
    experiment = registry.experiment("diagrams/norms")
    return cast("ArmsResult", experiment.result(experiment.spec(**fields)))


def changes(**fields: Any) -> ChangesResult:
    """A network that passes on only what changes; ``.ratio(price)``, ``.lost(price)``.

    Args:
        fields: of `ChangesSpec`: ``noise``, ``speed``, ``n_steps``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/changes")
    return cast("ChangesResult", experiment.result(experiment.spec(**fields)))


def dendrites(**fields: Any) -> DendritesResult:
    """Neurons that grow dendrites; ``.looks.mean(measure, way, number of dendrites)``.

    Args:
        fields: of `DendritesSpec`: ``n_hidden``, ``n_steps``, ``n_following``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/dendrites")
    return cast("DendritesResult", experiment.result(experiment.spec(**fields)))


def lose_units(**fields: Any) -> ArmsResult:
    """Networks that lose units while they learn; ``.looks.mean(measure, arm, units)``.

    Args:
        fields: of `ThinningSpec`: ``task``, ``n_before``, ``n_during``, ``n_after``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/thinning")
    return cast("ArmsResult", experiment.result(experiment.spec(**fields)))


def choose_bases(**fields: Any) -> ChoosingResult:
    """Nodes that choose among five bases; ``.looks.mean(measure, arm, formula)``.

    Args:
        fields: of `ChoosingSpec`: ``n_hidden``, ``n_steps``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/choosing")
    return cast("ChoosingResult", experiment.result(experiment.spec(**fields)))


def search_kernels(**fields: Any) -> TanglingResult:
    """Kernel sizes searched by gradients; ``.found("entangled", "256")`` per cent of those planted.

    Args:
        fields: of `TanglingSpec`: ``noise``, ``n_steps``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/tangling")
    return cast("TanglingResult", experiment.result(experiment.spec(**fields)))


def search_widths(**fields: Any) -> GuidedResult:
    """Searches through nested networks; ``.looked("evolution by a guess", 0.95)`` until that area.

    Args:
        fields: of `GuidedSpec`: ``task``, ``n_steps``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/guided")
    return cast("GuidedResult", experiment.result(experiment.spec(**fields)))


def _entrant(one: str | Circuit | nn.Module, task: RaceTask, taken: set[str]) -> Entrant:
    if isinstance(one, str | Circuit):
        return named(_text(one), taken)
    from engines.diagrams.learning.modules import entrant_from_module

    return entrant_from_module(one, task, taken)


def solve_on_grids(**fields: Any) -> MultigridResult:
    """Networks that solve an equation on coarser and coarser grids; ``.error(arm, right sides)``.

    Args:
        fields: of `MultigridSpec`: ``edge``, ``n_steps``, ``n_nets`` ...
    """
    experiment = registry.experiment("diagrams/multigrid")
    return cast("MultigridResult", experiment.result(experiment.spec(**fields)))


def _text(one: str | Circuit) -> str:
    if isinstance(one, Circuit):
        from engines.diagrams.language.writing import text_from_circuit

        return text_from_circuit(one)
    return LIBRARY[one].text if one in LIBRARY else one


def beyond_learnt(**fields: Any) -> BeyondResult:
    """Modules and grammars asked beyond what was learnt; ``.looks.mean(measure, arm, "larger")``.

    Args:
        fields: of `BeyondSpec`: ``system="commands"``, ``n_steps``, ``n_nets``, ``seed``.
    """
    experiment = registry.experiment("diagrams/beyond")
    return cast("BeyondResult", experiment.result(experiment.spec(**fields)))


def memory_of_triples(**fields: Any) -> ArmsResult:
    """Worlds of triples learnt and drawn; ``.looks.mean(measure, arm, "triple")``.

    Args:
        fields: of `TriplesSpec`: ``n_triples``, ``n_draws``, ``n_steps``, ``n_nets``, ``seed``.
    """
    experiment = registry.experiment("diagrams/triples")
    return cast("ArmsResult", experiment.result(experiment.spec(**fields)))


def two_ways(**fields: Any) -> CommutingResult:
    """A square that networks fill, and how far it commutes; ``.at(row, noise)``, ``.shown``.

    Args:
        fields: of `CommutingSpec`: ``n_steps``, ``n_nets``, ``noise``, ``drawn``, ``seed``.
    """
    experiment = registry.experiment("diagrams/commuting")
    return cast("CommutingResult", experiment.result(experiment.spec(**fields)))


def symbolic_features(**fields: Any) -> ProgramsResult:
    """Bits of formulas in a network's first layer; ``.looks``, ``.apart_sizes(...)``.

    Args:
        fields: of `ProgramsSpec`: ``cut``, ``depth``, ``n_steps``, ``n_nets``, ``seed`` ...
    """
    experiment = registry.experiment("diagrams/programs")
    return cast("ProgramsResult", experiment.result(experiment.spec(**fields)))


def few_bits(**fields: Any) -> ArmsResult:
    """Activations kept in few bits for the way back; ``.looks.mean(measure, arm, "ReLU")``.

    Args:
        fields: of `SavingSpec`: ``bits``, ``task``, ``n_steps``, ``n_nets``, ``seed`` ...
    """
    experiment = registry.experiment("diagrams/saving")
    return cast("ArmsResult", experiment.result(experiment.spec(**fields)))


def predicted_filters(**fields: Any) -> FiltersResult:
    """Convolutions that compute some filters; ``.saved(arm, "half")`` and ``.lost(arm, "half")``.

    Args:
        fields: of `FiltersSpec`: ``n_filters``, ``never=(3, 7)``, ``n_before``, ``n_after`` ...
    """
    experiment = registry.experiment("diagrams/filters")
    return cast("FiltersResult", experiment.result(experiment.spec(**fields)))


def drawn_keys(**fields: Any) -> KeysResult:
    """Attention to keys that are drawn; ``.right("keys drawn", "one draw")`` and ``.spared``.

    Args:
        fields: of `KeysSpec`: ``n_drawn``, ``never=(6, 7)``, ``n_layers``, ``n_steps`` ...
    """
    experiment = registry.experiment("diagrams/keys")
    return cast("KeysResult", experiment.result(experiment.spec(**fields)))


def boxes_wired(text: str, **fields: Any) -> SystemsResult:
    """Boxes of differential equations, wired and run; ``.state("h.x")`` is float64[time].

    Args:
        text: boxes with their equations, and systems with their wires; the last system runs.
        fields: of `SystemsSpec`: ``cut=("f.food",)``, ``duration`` ...

    Raises:
        InputError: a mistake in the text, with its line.
    """
    experiment = registry.experiment("diagrams/boxes")
    return cast("SystemsResult", experiment.result(experiment.spec(text=text, **fields)))
