"""One line for a notebook or a script: every experiment of this workbench as a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import InputError
from engines.pointer.answering.results import Answer
from engines.pointer.boards.asked import BoardsSpec, PlaySpec, SinglesSpec
from engines.pointer.boards.results import Boards, Play, Singles
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
from engines.pointer.model import Recipe, SolveSpec, TrainSpec
from engines.pointer.packing.asked import ITEMS_MAX, KnapsackSpec
from engines.pointer.packing.results import Knapsacks
from engines.pointer.probing.asked import InsideSpec
from engines.pointer.probing.results import Inside
from engines.pointer.repairing.asked import RepairSpec
from engines.pointer.repairing.results import Repairs
from engines.pointer.training.history import TrainResult
from engines.pointer.ways.asked import WaysSpec
from engines.pointer.ways.results import Found
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


def thousands(points: Any = None, *, tour: str = "", **fields: Any) -> Thousands:
    """A tour of thousands of cities by dividing and conquering, beside every other method.

    ``points`` are rows of two numbers or the text of a TSPLIB file; without them they are drawn at
    random. ``tour`` is the text of a TSPLIB tour file, with which it then starts; ``fields`` are
    those of `ThousandsSpec`.

    Raises:
        InputError: points or a tour that cannot be used.
    """
    if isinstance(points, str):
        from engines.pointer.dividing.asked import CITIES_MAX
        from engines.pointer.instances.tsplib import read_tsplib

        read = read_tsplib(points, n_max=CITIES_MAX)
        points, fields["metric"] = read.points, read.metric
    if points is not None:
        from engines.pointer.instances.checked import rows_of_two

        fields["points"] = tuple((float(x), float(y)) for x, y in rows_of_two(points))
    if tour:
        from engines.pointer.dividing.instances import cities_of
        from engines.pointer.instances.tour_files import read_tour

        n = len(cities_of(ThousandsSpec(**fields)).points)
        fields |= {"own_tour": tuple(read_tour(tour, n).tolist()), "start": "own tour"}
    return registry.experiment("pointer/thousands").result(ThousandsSpec(**fields))  # type: ignore[return-value]


def repair(**fields: Any) -> Repairs:
    """A short tour after cities were moved, repaired where it was torn.

    ``fields`` are those of `RepairSpec`; ``moves`` are rows of city, x, y and reach.
    """
    return registry.experiment("pointer/repair").result(RepairSpec(**fields))  # type: ignore[return-value]


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


def learn_boards(**fields: Any) -> Boards:
    """A relational network that learns 4 x 4 boards here; ``fields`` are those of `BoardsSpec`."""
    return registry.experiment("pointer/boards").result(BoardsSpec(**fields))  # type: ignore[return-value]


def board(givens: Any = "", **fields: Any) -> Play:
    """One board, answered exactly and by the bundled network of its shape.

    ``givens`` are text, dots or zeros for blanks, or rows of whole numbers; without them a board
    is drawn. ``fields`` are those of `PlaySpec`; the shape is told by the number of cells.

    Raises:
        InputError: not as many cells as a board has, or digits that it has not.
    """
    from engines.pointer.boards.shape import SHAPES
    from engines.pointer.boards.written import BLANKS, checked, text_from_board

    is_text = isinstance(givens, str)
    written = is_text and sum(sign.isdigit() or sign in BLANKS for sign in givens)
    n_cells = written if is_text else np.asarray(givens).size
    if n_cells:
        named = {shape.n_cells: name for name, shape in SHAPES.items()}
        fields.setdefault("shape", named.get(n_cells, "9 x 9"))
    if not is_text:
        shape = SHAPES[fields["shape"]]
        givens = text_from_board(shape, checked(shape, np.asarray(givens)))
    return registry.experiment("pointer/play").result(PlaySpec(board=givens, **fields))  # type: ignore[return-value]


def hard_boards(**fields: Any) -> Singles:
    """What singles solve and what the bundled network solves; fields of `SinglesSpec`."""
    return registry.experiment("pointer/singles").result(SinglesSpec(**fields))  # type: ignore[return-value]


def denoisers(**fields: Any) -> Denoisers:
    """Models that fill hidden places, taught one way of hiding or all three."""
    return registry.experiment("pointer/denoisers").result(DenoisersSpec(**fields))  # type: ignore[return-value]


def reversal(**fields: Any) -> Reversal:
    """Facts told in four ways, and what is recalled when they are asked the other way round."""
    return registry.experiment("pointer/reversal").result(ReversalSpec(**fields))  # type: ignore[return-value]


def creativity(**fields: Any) -> Creativity:
    """Models of three widths that write paths over concepts, judged by how new and how useful."""
    return registry.experiment("pointer/creativity").result(CreativitySpec(**fields))  # type: ignore[return-value]


def knapsack(items: Any = None, **fields: Any) -> Knapsacks:
    """Knapsacks filled by greed, by branch and bound, and with weights rounded up.

    ``items`` are rows of weight and value, or the text of a file of them; drawn at random without.
    ``fields`` are those of `KnapsackSpec`.

    Raises:
        InputError: items that cannot be used.
    """
    if isinstance(items, str):
        from engines.pointer.instances.items import items_from_upload

        read = items_from_upload("the text", items.encode(), n_max=ITEMS_MAX)
        fields["items"] = read.rows
        if read.capacity is not None:
            fields.setdefault("capacity", read.capacity)
    elif items is not None:
        fields["items"] = tuple((float(w), float(v)) for w, v in np.asarray(items).tolist())
    return registry.experiment("pointer/knapsack").result(KnapsackSpec(**fields))  # type: ignore[return-value]


def word_games(**fields: Any) -> Games:
    """Five ways to find good words on NK landscapes; ``fields`` are those of `GameSpec`."""
    return registry.experiment("pointer/gameopt").result(GameSpec(**fields))  # type: ignore[return-value]


def subsets(**fields: Any) -> Subsets:
    """Networks that choose elements, with and without their superset; fields of `SubsetSpec`."""
    return registry.experiment("pointer/inset").result(SubsetSpec(**fields))  # type: ignore[return-value]


def oneway(**fields: Any) -> OneWay:
    """Networks told coordinates, or minutes there and back, on tours of one-way cities."""
    return registry.experiment("pointer/oneway").result(OneWaySpec(**fields))  # type: ignore[return-value]


def tour_of_ways(table: Any = None, **fields: Any) -> Found:
    """Tours where there and back differ, found in several ways, and a bound below them all.

    Args:
        table: float[from, to], what every way costs; cities with one-way streets when None.
        fields: those of `WaysSpec`.
    """
    if table is not None:
        rows = np.asarray(table, np.float64)
        if rows.ndim != 2 or rows.shape[0] != rows.shape[1]:
            raise InputError(f"the table has to be [from, to], square; got {rows.shape}")
        fields["table"] = tuple(rows.ravel().tolist())
    return registry.experiment("pointer/ways").result(WaysSpec(**fields)).found  # type: ignore[attr-defined]
