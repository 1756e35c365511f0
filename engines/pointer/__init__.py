"""Networks that answer by pointing at their input, beside solvers that are right.

>>> answer = solve([[0, 0], [1, 0], [1, 1], [0, 1], [0.4, 0.5]], weights="untrained")
>>> answer.reference.tolist(), answer.exact, answer.violations
([0, 1, 2, 3], True, ())
"""

from engines.pointer.answering.results import Answer
from engines.pointer.calls import (
    inside,
    race,
    solve,
    solve_tsplib,
    sweep,
    thousands,
    train,
    vehicles,
)
from engines.pointer.delivering.asked import VehiclesSpec
from engines.pointer.delivering.results import Vehicles
from engines.pointer.dividing.asked import ThousandsSpec
from engines.pointer.dividing.results import Thousands
from engines.pointer.experiments.solving.race import Race, RaceSpec
from engines.pointer.experiments.training.sweep import Sweep, SweepSpec
from engines.pointer.model import Network, Recipe, SolveSpec, TrainSpec
from engines.pointer.probing.asked import InsideSpec
from engines.pointer.probing.results import Inside
from engines.pointer.training.history import TrainResult

__all__ = [
    "Answer",
    "Inside",
    "InsideSpec",
    "Network",
    "Race",
    "RaceSpec",
    "Recipe",
    "SolveSpec",
    "Sweep",
    "SweepSpec",
    "Thousands",
    "ThousandsSpec",
    "TrainResult",
    "TrainSpec",
    "Vehicles",
    "VehiclesSpec",
    "inside",
    "race",
    "solve",
    "solve_tsplib",
    "sweep",
    "thousands",
    "train",
    "vehicles",
]
