"""What an import is told, and what it tells: every decision that was made for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.contract import InputError

REFUSED_SHOWN = 10


@dataclass(frozen=True)
class ImportOptions:
    """How to read a connectome; empty texts are guessed and reported.

    ``names`` "worm" makes names canonical and looks them up among the worm's cells; ``unknown``
    says what happens to those that are none. ``negative`` keeps signs as inhibition, takes sizes,
    drops those edges or refuses the file. ``n_rows_max`` is how many rows are held at once: longer
    files are read in chunks where they lie on disk. ``electrical`` says which weight both
    directions of a gap junction get where the file disagrees with itself. ``kind`` settles
    directions of a gap junction get where the file disagrees with itself. ``kind`` settles whether
    a table is a matrix or an edge list; ``thousands`` is what "1,234" is grouped by; ``only`` keeps
    the rows of one neuropil.
    """

    pre: str = ""
    post: str = ""
    weight: str = ""
    layer: str = ""
    layer_name: str = "chemical"
    kind: Literal["", "edges", "matrix"] = ""
    duplicates: Literal["sum", "max", "refuse"] = "sum"
    electrical: Literal["max", "mean", "refuse"] = "max"
    names: Literal["free", "worm"] = "free"
    unknown: Literal["keep", "drop", "map"] = "keep"
    self_loops: Literal["keep", "drop"] = "keep"
    negative: Literal["keep", "absolute", "drop", "refuse"] = "keep"
    delimiter: str = ""
    encoding: str = ""
    decimal: Literal["", ".", ","] = ""
    thousands: Literal["", ",", ".", " "] = ""
    only: str = ""
    n_rows_max: int = 50_000_000


@dataclass(frozen=True)
class ImportReport:
    """What was read, normalised, merged, dropped and refused, and why."""

    source: str
    kind: str
    n_rows: int
    n_neurons: int
    n_edges: int
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """The first refused rows, each with its line and reason."""
    n_refused: int = 0
    other: tuple[str, ...] = ()
    """How else the file could be read, and the option that does it."""
    preview: tuple[tuple[str, ...], ...] = ()
    """The first rows as they were cut into cells, header first."""

    def __str__(self) -> str:
        """All of it, one sentence per line."""
        head = f"{self.source}: {self.n_neurons:,} neurons, {self.n_edges:,} edges from {self.kind}"
        lines = [f"{head}, {self.n_rows:,} rows."]
        lines += [f"- {note}" for note in self.notes]
        lines += [f"- Another reading: {said}" for said in self.other]
        if self.n_refused:
            lines.append(f"- {self.n_refused:,} rows were refused:")
            lines += [f"  {row}" for row in self.refused]
        return "\n".join(lines)


class ColumnsError(InputError):
    """Nobody can tell which columns hold the two ends of an edge."""

    def __init__(self, columns: list[str], preview: list[list[str]]) -> None:
        """Names the columns there are and shows the first rows."""
        rows = "; ".join(" | ".join(cell[:20] for cell in row) for row in preview[:5])
        named = ", ".join(columns)
        super().__init__(
            f"no columns for the two ends of an edge were found among: {named}. Say which with "
            f"pre and post. The first rows are: {rows}"
        )
