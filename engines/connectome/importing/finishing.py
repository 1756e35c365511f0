"""What every reader ends in: a connectome, and the report of how it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engines.boundary.labels import label
from engines.connectome.importing.options import ImportReport
from engines.connectome.wiring.connectome import Connectome, Layer, Provenance
from engines.contract import InputError

Parts = tuple[tuple[str, ...], tuple[Layer, ...], list[str], list[str], int]


def finished(
    title: str, kind: str, n_rows: int, parts: Parts, preview: list[list[str]], more: list[str], *,
    columns: Mapping[str, tuple[str, ...]] | None = None, other: Sequence[str] = (),
) -> tuple[Connectome, ImportReport]:  # fmt: skip
    """A connectome and its report; ``columns`` are texts per neuron, ``other`` other readings.

    Raises:
        InputError: nothing in the file is an edge, with the first reasons.
    """
    names, layers, notes, refused, n_refused = parts
    if not names:
        why = f"; the first refused rows: {'; '.join(refused[:3])}" if refused else ""
        raise InputError(
            f"'{title}' was read as {kind} of {n_rows:,} rows and holds no edge{why}. Give rows of "
            "sender, receiver and weight, or say how to read it with kind, pre, post and delimiter"
        )
    n_edges = sum(layer.n_edges for layer in layers)
    said = Provenance(
        f"Imported: {title}", title, "the user's own",
        f"{len(names):,} neurons, {n_edges:,} directed edges", tuple([*more, *notes][:8]),
        unit="weight",
    )  # fmt: skip
    known = {**_worm_columns(names), **(columns or {})}
    connectome = Connectome(label(title, 60), names, layers, said, known)
    report = ImportReport(
        title, kind, n_rows, len(names), n_edges, (*more, *notes), tuple(refused), n_refused,
        tuple(other), tuple(tuple(row[:8]) for row in preview[:6]),
    )  # fmt: skip
    return connectome, report


def _worm_columns(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What is known of the worm's cells, when most names are cells of the worm."""
    from engines.connectome.wiring import celegans

    known = celegans.soma_roles()
    if not names or sum(name in known for name in names) < 0.7 * len(names):
        return {}
    return {
        "class": tuple(map(celegans.neuron_class, names)),
        "role": tuple(map(celegans.role, names)),
        "transmitter": tuple(celegans.transmitters().get(n, "") for n in names),
    }
