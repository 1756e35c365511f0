"""Networks that answer by pointing at their input, beside solvers that are right.

>>> from engines.pointer import solve
>>> answer = solve([[0, 0], [1, 0], [1, 1], [0, 1], [0.4, 0.5]], weights="untrained")
>>> answer.reference.tolist(), answer.exact, answer.violations
([0, 1, 2, 3], True, ())
"""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
    from engines.pointer.answering.results import Answer
    from engines.pointer.boards.asked import BoardsSpec, PlaySpec, SinglesSpec
    from engines.pointer.boards.results import Boards, Play, Singles
    from engines.pointer.calls import (
        board,
        creativity,
        denoisers,
        hard_boards,
        inside,
        knapsack,
        learn_boards,
        oneway,
        race,
        repair,
        reversal,
        solve,
        solve_tsplib,
        subsets,
        sweep,
        thousands,
        tour_of_ways,
        train,
        vehicles,
        word_games,
    )
    from engines.pointer.choosing.asked import GameSpec, SubsetSpec
    from engines.pointer.choosing.games import Games
    from engines.pointer.choosing.subsets import Subsets
    from engines.pointer.delivering.asked import VehiclesSpec
    from engines.pointer.delivering.results import Vehicles
    from engines.pointer.dividing.asked import ThousandsSpec
    from engines.pointer.dividing.results import Thousands
    from engines.pointer.experiments.orders.creativity import Creativity, CreativitySpec
    from engines.pointer.experiments.orders.denoisers import Denoisers, DenoisersSpec
    from engines.pointer.experiments.orders.reversal import Reversal, ReversalSpec
    from engines.pointer.experiments.routing.oneway import OneWay, OneWaySpec
    from engines.pointer.experiments.solving.race import Race, RaceSpec
    from engines.pointer.experiments.training.sweep import Sweep, SweepSpec
    from engines.pointer.model import Network, Recipe, SolveSpec, TrainSpec
    from engines.pointer.packing.asked import KnapsackSpec
    from engines.pointer.packing.results import Knapsacks
    from engines.pointer.probing.asked import InsideSpec
    from engines.pointer.probing.results import Inside
    from engines.pointer.repairing.asked import RepairSpec
    from engines.pointer.repairing.results import Repairs
    from engines.pointer.training.history import TrainResult
    from engines.pointer.ways.asked import WaysSpec

__getattr__, __dir__, __all__ = offered(__name__)
