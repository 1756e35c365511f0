"""A drawing with the numbers that flowed in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Picture, Table
from engines.contract.sending import Gift
from engines.diagrams.specs.drawing import Drawing
from engines.diagrams.watching import pictures, sending
from engines.diagrams.watching.kept import STATISTICS, Kept
from engines.diagrams.watching.spec import WatchSpec
from engines.diagrams.wires.followed import Followed


@dataclass(frozen=True, eq=False)
class Watched(Result):
    """What every operation gave on some examples, and how that changed while it was learnt."""

    spec: WatchSpec
    drawing: Drawing
    kept: tuple[Kept, ...]
    labels: tuple[str, ...]
    """What each example is; empty where nobody says."""
    followed: Followed = field(default_factory=Followed)
    """Statistics of every wire in the order of ``kept``; empty without learning."""
    scores: tuple[float, ...] = ()
    """Share right (or R²) of each seed on the whole exam."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Operations and inputs, in the order in which they run."""
        return tuple(one.path for one in self.kept)

    @property
    def n_examples(self) -> int:
        """How many lie side by side."""
        return max((one.numbers.shape[1] for one in self.kept), default=0)

    @property
    def n_turns(self) -> int:
        """How often the operation that runs most often ran."""
        return max((len(one.numbers) for one in self.kept), default=0)

    def of(self, path: str) -> Kept | None:
        """What the operation of this path gave."""
        return next((one for one in self.kept if one.path == path), None)

    def example_name(self, example: int) -> str:
        """What an example is called."""
        told = self.labels[example] if example < len(self.labels) else ""
        return f"example {example + 1}" + (f", a {told}" if told else "")

    def maps(self, example: int = 0, turn: int = -1) -> dict[str, np.ndarray]:
        """One map [row, column] per operation; panels stand side by side."""
        return {one.path: np.hstack(list(one.at(example, turn))) for one in self.kept}

    def shown_first(self) -> str:
        """The operation to open with: the last attention, else the last of all."""
        heads = [one.path for one in self.kept if one.is_attention]
        return heads[-1] if heads else (self.paths[-1] if self.kept else "")

    def pictures(self) -> tuple[Picture, ...]:
        """What is shown first, and the statistics of every operation."""
        return (*self.pictures_of(self.shown_first()), self.table())

    def pictures_of(self, path: str, example: int = 0, turn: int = -1) -> tuple[Picture, ...]:
        """The maps of one operation, and its statistics while the network learned."""
        one = self.of(path)
        if one is None:
            return ()
        maps = pictures.heatmaps(one, example, turn, self.example_name(example))
        return (*maps, *self.followed.pictures_of(path))

    def off_one(self, axis: str = "columns") -> Estimate | None:
        """How far attention's sums over an axis of its maps lie from 1 at most, all numbers kept.

        None where no softmax gives to queries, or only every n-th number of each is kept.
        """
        whole = [one.numbers for one in self.kept if one.is_attention and not one.is_thinned]
        sums = [numbers.sum(-1 if axis == "columns" else -2, dtype=float) for numbers in whole]
        if not sums or not all(np.isfinite(one).all() for one in sums):
            return None
        worst = max(float(np.abs(one - 1.0).max()) for one in sums)
        of = f"sums over {axis} of attention: largest distance from 1"
        n = sum(one.size for one in sums)
        return Estimate(of, worst, worst, worst, n, "sums", "the worst of all that are kept")

    def table(self) -> Table:
        """Statistics of every operation in its last turn."""
        last = np.array([one.statistics[-1] for one in self.kept]).reshape(-1, len(STATISTICS))
        columns: dict[str, np.ndarray | tuple[str, ...]] = {
            "operation": self.paths,
            "shape": tuple(" ".join(map(str, one.shape)) or "1" for one in self.kept),
        }
        columns.update({name: last[:, k] for k, name in enumerate(STATISTICS)})
        if self.followed.gradients.size:
            columns["gradient norm"] = self.followed.norms()
        return Table("Every operation", columns)

    def short_table(self) -> Table:
        """Of every operation how widely its numbers spread, how many are zero, its gradient."""
        every = self.table().columns
        short = {"sd": "sd", "zeros": "zeros", "gradient norm": "gradient"}
        columns = {
            new: tuple(f"{value:.2g}" for value in every[name])
            for name, new in short.items()
            if name in every
        }
        return Table("Every operation", {"operation": self.paths, **columns})

    def gives(self) -> tuple[Gift, ...]:
        """Activations of the examples to Geometry, attention to Connectome."""
        title = self.drawing.spec.text.partition("(")[0].removeprefix("def ").strip()
        names = tuple(map(self.example_name, range(self.n_examples)))
        return sending.gifts(title or "A diagram", self.kept, names, self.labels)


@dataclass(frozen=True, eq=False)
class WatchFrame(Frame):
    """The same while networks learn, so far."""

    watched: Watched

    def pictures(self) -> tuple[Picture, ...]:
        """Those of what has come so far."""
        return self.watched.pictures()
