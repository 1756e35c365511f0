"""Tasks by name. A task is an object of `protocol.Task`; nothing else need know a new one."""

from __future__ import annotations

from engines.pointer.tasks.hull import Hull
from engines.pointer.tasks.ordering import Ordering
from engines.pointer.tasks.protocol import Task
from engines.pointer.tasks.tour import Tour
from engines.pointer.tasks.triangulation import Triangulation

__all__ = ["Hull", "Ordering", "Task", "Tour", "Triangulation", "task_named"]


def task_named(name: str, *, canonical: bool = True) -> Task:
    """The task of this name; ``canonical`` False gives the targets of Vinyals et al. 2015."""
    tasks: dict[str, Task] = {
        "hull": Hull(canonical),
        "tour": Tour(canonical),
        "delaunay": Triangulation(canonical),
        "sorting": Ordering("sorting"),
        "inverse": Ordering("inverse"),
        "permutation": Ordering("permutation"),
    }
    return tasks[name]
