"""One line for a notebook or a script: every experiment of this workbench as a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engines.pointer.answering.results import Answer
from engines.pointer.delivering.asked import VehiclesSpec
from engines.pointer.delivering.results import Vehicles
from engines.pointer.dividing.asked import ThousandsSpec
from engines.pointer.dividing.results import Thousands
from engines.pointer.experiments.solving.race import Race, RaceSpec
from engines.pointer.experiments.training.sweep import Sweep, SweepSpec
from engines.pointer.model import Recipe, SolveSpec, TrainSpec
from engines.pointer.probing.asked import InsideSpec
from engines.pointer.probing.results import Inside
from engines.pointer.training.history import TrainResult
from engines.running import registry

if TYPE_CHECKING:
    from engines.pointer.instances.tsplib import TsplibInstance


def solve(points: Any = None, **fields: Any) -> Answer:
    """A network's answer to rows of two numbers, beside the reference.

    ``fields`` are those of `SolveSpec`; without ``points`` they are drawn at random.

    Raises:
        InputError: points or weights that cannot be used.
    """
    if points is not None:
        from engines.pointer.instances.checked import checked
        from engines.pointer.tasks import task_named

        rows = np.asarray(points) if not isinstance(points, list | tuple) else points
        checked(rows, task_named(fields.get("task", "hull")))
        fields["points"] = tuple((float(x), float(y)) for x, y in rows)
    return registry.experiment("pointer/solve").result(SolveSpec(**fields))  # type: ignore[return-value]


def solve_tsplib(text: str, **fields: Any) -> Answer:
    """A tour through the cities of a TSPLIB file's text, measured as the file says."""
    from engines.pointer.instances.distance_matrices import condensed
    from engines.pointer.instances.tsplib import read_tsplib

    read: TsplibInstance = read_tsplib(text)
    matrix = () if read.matrix is None else condensed(read.matrix)
    return solve(read.points, task="tour", metric=read.metric, distances=matrix, **fields)


def train(recipe: Recipe | None = None, **fields: Any) -> TrainResult:
    """Train to the end; the weights lie on this machine under the result's ``weights``."""
    spec = TrainSpec(recipe=recipe or Recipe(**fields))
    return registry.experiment("pointer/train").result(spec)  # type: ignore[return-value]


def sweep(**fields: Any) -> Sweep:
    """Networks trained at some numbers of points, tested at others."""
    return registry.experiment("pointer/sweep").result(SweepSpec(**fields))  # type: ignore[return-value]


def inside(points: Any = None, **fields: Any) -> Inside:
    """Heads, states and what one moved point changes, for rows of two numbers or drawn points.

    ``fields`` are those of `InsideSpec`.

    Raises:
        InputError: points or weights that cannot be used.
    """
    if points is not None:
        from engines.pointer.instances.checked import rows_of_two

        fields["points"] = tuple((float(x), float(y)) for x, y in rows_of_two(points))
    return registry.experiment("pointer/inside").result(InsideSpec(**fields))  # type: ignore[return-value]


def race(**fields: Any) -> Race:
    """Solvers and networks on the same cities."""
    return registry.experiment("pointer/race").result(RaceSpec(**fields))  # type: ignore[return-value]


def thousands(points: Any = None, **fields: Any) -> Thousands:
    """A tour of thousands of cities by dividing and conquering, beside every other method.

    ``points`` are rows of two numbers or the text of a TSPLIB file; ``fields`` are those of
    `ThousandsSpec`; without ``points`` they are drawn at random.

    Raises:
        InputError: points that cannot be used.
    """
    if isinstance(points, str):
        from engines.pointer.dividing.asked import CITIES_MAX
        from engines.pointer.instances.tsplib import read_tsplib

        read = read_tsplib(points, n_max=CITIES_MAX)
        points, fields["metric"] = read.points, read.metric
    if points is not None:
        from engines.pointer.instances.checked import rows_of_two

        fields["points"] = tuple((float(x), float(y)) for x, y in rows_of_two(points))
    return registry.experiment("pointer/thousands").result(ThousandsSpec(**fields))  # type: ignore[return-value]


def vehicles(
    points: Any = None, demands: Any = (), *, solution: str = "", **fields: Any
) -> Vehicles:
    """Routes of vehicles with a capacity, beside every other method.

    Args:
        points: rows of two numbers, the depot first, or the text of a CVRPLIB file; drawn at random
            without them.
        demands: one number for every customer; a file has its own.
        solution: the text of a CVRPLIB solution, whose routes are held against ours.
        fields: those of `VehiclesSpec`.

    Raises:
        InputError: points, demands or routes that cannot be used.
    """
    from engines.pointer.delivering.instances import fields_of
    from engines.pointer.instances.vrplib import read_solution, read_vrplib

    if isinstance(points, str):
        fields |= fields_of(read_vrplib(points))
    elif points is not None:
        from engines.pointer.instances.checked import rows_of_two

        fields["points"] = tuple((float(x), float(y)) for x, y in rows_of_two(points))
        fields["demands"] = tuple(map(float, demands))
    if solution:
        n = max(len(fields.get("points", ())) - 1, 0) or VehiclesSpec(**fields).n_customers
        fields["brought"] = tuple(read_solution(solution, n).tolist())
    return registry.experiment("pointer/vehicles").result(VehiclesSpec(**fields))  # type: ignore[return-value]
