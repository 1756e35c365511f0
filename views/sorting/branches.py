"""Changes by hand: what an action on a cell means, and the branch it starts."""

from __future__ import annotations

from engines.sorting.model import ALGOTYPES, Edit, SortSpec, Trajectory


def frozen_edit(trajectory: Trajectory, cell: int, step: int, kind: str) -> Edit:
    """Freeze the cell at this step, or thaw it when it is frozen then."""
    frozen = bool(trajectory.at(step).frozen[cell])
    what = "unfreeze" if frozen else "freeze"
    return Edit(at_swap=step, kind=what, cell=cell, frozen_kind=kind)  # type: ignore[arg-type]


def algotype_edit(trajectory: Trajectory, cell: int, step: int, name: str) -> Edit:
    """Give the cell another algotype; it keeps its direction."""
    algotype = ALGOTYPES[ALGOTYPES.index(name)]  # type: ignore[arg-type]
    down = bool(trajectory.at(step).descending[cell])
    return Edit(at_swap=step, kind="algotype", cell=cell, algotype=algotype, descending=down)


def branch(spec: SortSpec, edit: Edit) -> SortSpec:
    """The run with the edits made before this moment and this one; its past is the same.

    Raises:
        SpecError: an edit this run cannot have, say an algotype in a traditional run.
    """
    kept = tuple(made for made in spec.edits if made.at_swap <= edit.at_swap)
    return spec.replace(edits=(*kept, edit))


def without_last_edit(spec: SortSpec) -> SortSpec:
    """The run before its latest edit by hand."""
    return spec.replace(edits=spec.edits[:-1])
