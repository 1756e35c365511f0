"""What a network said of one instance: plain arrays that the page can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from engines.contract import Result
from engines.contract.pictures import Axis, Heatmap, Picture, Points, Table
from engines.contract.sending import Gift, Matrix, Numbers
from engines.pointer.answering.attention_maps import mosaic
from engines.pointer.instances.distance_matrices import expanded
from engines.pointer.instances.tsplib import distances, tour_length
from engines.pointer.model import SolveSpec


@dataclass(frozen=True, eq=False)
class Answer(Result):
    """What a network said of one instance, step by step, and what is right."""

    spec: SolveSpec
    points: np.ndarray
    """float64[point, 2] in the unit square, as the network read them."""
    kept: np.ndarray
    """int64[row]: which point each row that came has become."""
    answer: np.ndarray
    """int64[place], empty when there was nothing to ask."""
    choices: np.ndarray
    """int64[step], the stop (index n) included."""
    distributions: np.ndarray
    """float32[step, point + 1]: the pointer's probabilities, the last column is stopping."""
    reference: np.ndarray
    """int64[place]."""
    targets: np.ndarray
    """int64[step]: what a teacher would have said at each step."""
    reference_name: str
    exact: bool
    log_probability: float
    network: str
    """What answered, in words."""
    violations: tuple[tuple[str, tuple[int, ...]], ...]
    """What makes it no answer: a sentence, and the points it speaks of."""
    scores: tuple[tuple[str, float], ...]
    """accuracy and the task's quality; nan where undefined."""
    lengths: tuple[tuple[str, float], ...]
    """For tours: who found how long a one, in the instance's own metric."""
    polished: np.ndarray
    """int64[place]: the answer after 2-opt, empty unless asked for."""
    notices: tuple[str, ...]
    drawing: str
    title: str
    n_variants: int = field(default=1)
    maps: np.ndarray | None = None
    """float32[layer, head, looking, looked at] of the encoder; None unless asked for."""

    @property
    def entropy(self) -> np.ndarray:
        """Of the pointer at each step, in bits: float64[step]."""
        p = self.distributions.astype(np.float64)
        return -(p * np.log2(np.where(p > 0, p, 1.0))).sum(axis=1)

    @property
    def shortest(self) -> tuple[np.ndarray, float]:
        """Of a tour's answers the network's, its polish or the reference, and its length."""
        tours = {"network": self.answer, "network, then 2-opt": self.polished}
        lengths = dict(self.lengths)
        found = [(lengths[name], tour) for name, tour in tours.items() if name in lengths]
        length, tour = min(found or [(lengths["reference"], self.reference)], key=lambda t: t[0])
        return tour, length

    def length_of(self, tour: np.ndarray) -> float:
        """Of a tour int64[row] through the rows as they came, as the instance measures."""
        spec = self.spec
        rows = np.array(spec.points) if spec.points else self.points
        if spec.metric == "EXPLICIT":
            between = expanded(spec.distances, len(rows))
        else:
            between = distances(rows, spec.metric)
        return tour_length(between, tour)

    def pictures(self) -> tuple[Picture, ...]:
        """The points, the pointer at every step, and the scores."""
        kind = np.full(len(self.points), "left out", dtype="<U10")
        kind[self.answer] = "chosen"
        plane = Points(
            self.title, self.points, Axis("x"), Axis("y"), tuple(map(str, kind)), square=True
        )
        heat = Heatmap(
            "The pointer at each step",
            self.distributions,
            Axis("point, the last is stopping"),
            Axis("step"),
            Axis("probability"),
        )
        rows = [*self.scores, *self.lengths]
        told = {"what": tuple(k for k, _ in rows), "value": np.array([v for _, v in rows])}
        return (plane, heat, *self._heads(), Table("Scores", told))

    def gives(self) -> tuple[Gift, ...]:
        """Where it looks: pointer and attention as wirings; of a tour the turn of every stop."""
        if not len(self.choices):
            return ()
        found = [Gift("Where the pointer looks", Matrix, self.pointer_matrix)]
        for k in range(0 if self.maps is None else len(self.maps)):
            name = f"Attention of layer {k + 1}, mean over heads"
            found.append(Gift(name, Matrix, partial(self.attention_matrix, k)))
        if self.spec.task == "tour" and len(self.shortest[0]) == len(self.kept):
            found.append(Gift("When the tour comes to each stop", Numbers, self.turns))
        return tuple(found)

    def turns(self) -> Numbers:
        """At which turn, 1 to n, the shortest tour visits every row, in the order they came."""
        tour, _ = self.shortest
        turn = np.empty(len(tour))
        turn[tour] = np.arange(1, len(tour) + 1)
        return Numbers(f"{self.title}, when each stop is visited", turn)

    def pointer_matrix(self) -> Matrix:
        """Probabilities [point chosen last, point looked at]; stopping and the start are left out.

        Where a point is chosen more than once, say to close a tour, its last step counts.
        """
        n = len(self.points)
        weights = np.zeros((n, n))
        for step in range(1, len(self.distributions)):
            if self.choices[step - 1] < n:
                weights[self.choices[step - 1]] = self.distributions[step, :n]
        return Matrix(f"{self.title}, pointer", weights, _names(n), least=1.0 / n)

    def attention_matrix(self, layer: int) -> Matrix:
        """Attention [looking, looked at], mean over heads; least is that of looking everywhere."""
        assert self.maps is not None
        weights = self.maps[layer].mean(axis=0).astype(np.float64)
        title = f"{self.title}, attention of layer {layer + 1}"
        return Matrix(title, weights, _names(len(weights)), least=1.0 / len(weights))

    def _heads(self) -> tuple[Picture, ...]:
        if self.maps is None or not self.maps.size:
            return ()
        return (
            Heatmap(
                "Encoder attention: a row per layer, a column per head",
                mosaic(self.maps),
                Axis("head x point looked at"),
                Axis("layer x point that looks"),
                Axis("attention"),
                square=True,
            ),
        )


def _names(n: int) -> tuple[str, ...]:
    return tuple(f"point {k + 1}" for k in range(n))
