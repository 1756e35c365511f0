"""Learning a permutation exactly from its basis vectors, in the limit of infinite width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Near
from engines.contract.pictures import Axis, Curves, Picture, Table


class ExactSpec(Spec):
    """All inputs of one length."""

    k: int = knob(8, label="Bits", help="Length of the inputs.", group="Task", ge=2, le=14)
    seed: Seed = knob(0, label="Seed", help="Draws the permutation.", group="Task")


@dataclass(frozen=True, eq=False)
class ExactResult(Result):
    """Mean predictions for every input but zero, by how many ones it has."""

    spec: ExactSpec
    permutation: np.ndarray
    """int64[k]: bit i goes to permutation[i]."""
    least_one: np.ndarray
    """float64[k]: smallest prediction where the answer is 1, for 1 ... k ones."""
    most_zero: np.ndarray
    """float64[k]: largest prediction where the answer is 0; nan for k ones."""
    n_inputs: int
    n_right: int
    """Inputs whose rounded prediction is the permuted input."""

    def pictures(self) -> tuple[Picture, ...]:
        """The gap between ones and zeros, and the count."""
        n_ones = np.arange(1, self.spec.k + 1)
        lines = {
            "least prediction for a 1": self.least_one,
            "greatest prediction for a 0": self.most_zero,
            "threshold": self.least_one / 2,
        }
        return (
            Curves("Ones and zeros stay apart", n_ones, lines, Axis("ones in the input"),
                   Axis("mean prediction")),
            Table("All inputs", {
                "inputs": (f"{self.n_inputs:,}",), "permuted exactly": (f"{self.n_right:,}",),
                "permutation": (" ".join(map(str, self.permutation)),),
            }),
        )  # fmt: skip


def kernel(n_ones: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """The tangent kernel of a two-layer ReLU network between an input and a basis vector.

    sqrt(m) (kappa1(u) + u kappa0(u)), u = 1/sqrt(m) where the input has this bit and 0 elsewhere,
    m the number of ones.
    """
    u = np.where(hit, 1.0 / np.sqrt(n_ones), 0.0)
    angle = np.pi - np.arccos(u)
    kappa0, kappa1 = angle / np.pi, (u * angle + np.sqrt(1.0 - u**2)) / np.pi
    return np.sqrt(n_ones) * (kappa1 + u * kappa0)


def predictions(inputs: np.ndarray) -> np.ndarray:
    """Mean predictions float64[input, k] of the bits of bool[input, k], before permuting.

    The network has seen only the k basis vectors; the inverse of their kernel (2 on the diagonal,
    1/pi beside it) is written out.
    """
    k = inputs.shape[1]
    beside, apart = 1.0 / np.pi, 2.0 - 1.0 / np.pi
    theta = kernel(inputs.sum(axis=1, keepdims=True), inputs)
    return (theta - beside / (apart + beside * k) * theta.sum(axis=1, keepdims=True)) / apart


def frames(spec: ExactSpec) -> Iterator[Frame | Result]:
    """Every input but zero, at once."""
    k = spec.k
    rng = np.random.Generator(np.random.Philox(spec.seed))
    permutation = rng.permutation(k)
    yield Frame(fraction=0.1)
    inputs = (np.arange(1, 2**k)[:, None] >> np.arange(k) & 1).astype(bool)
    mean = predictions(inputs)
    n_ones = inputs.sum(axis=1)
    least = np.where(inputs, mean, np.inf).min(axis=1)
    most = np.where(inputs, -np.inf, mean).max(axis=1)
    by_ones = [n_ones == m for m in range(1, k + 1)]
    least_one = np.array([least[here].min() for here in by_ones])
    most_zero = np.array([*(most[here].max() for here in by_ones[:-1]), np.nan])
    rounded = np.empty_like(inputs)
    # The network's outputs are permuted: output permutation[i] predicts bit i.
    rounded[:, permutation] = mean > least_one[n_ones - 1][:, None] / 2
    wanted = np.empty_like(inputs)
    wanted[:, permutation] = inputs
    n_right = int((rounded == wanted).all(axis=1).sum())
    yield ExactResult(spec, permutation, least_one, most_zero, len(inputs), n_right)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Every input of up to twelve bits, by the closed form."""
    source = "Giapitzakis et al. 2025, two-layer ReLU network in the NTK limit"

    def share(k: int) -> float:
        found = EXPERIMENT.result(ExactSpec(k=k))
        return found.n_right / found.n_inputs  # type: ignore[attr-defined]

    return tuple(
        KnownAnswer(f"inputs permuted exactly, k = {k}", source, 1.0, 0.0, lambda k=k: share(k))
        for k in (4, 8, 12)
    )


def _share(result: ExactResult) -> Estimate:
    share = result.n_right / result.n_inputs
    return Estimate("share permuted exactly", share, share, share, result.n_inputs, "inputs",
                    "every input but zero")  # fmt: skip


CLAIM = Claim(
    "Shown only single bits, the network permutes every string of bits exactly.",
    figure=_share,
    control=lambda r: Estimate.exact("a guess of every bit", 0.5**r.spec.k, "closed form"),
    holds_when=Near(0.0),
    source="Giapitzakis, Back de Luca & Fountoulakis 2025, arXiv 2502.16763",
    published=1.0,
)

EXPERIMENT = Experiment(
    spec=ExactSpec,
    frames=frames,
    card=Card(
        title="Exact permutations",
        claim="Shown only single bits, an infinitely wide network permutes every string of bits "
        "exactly, once its mean prediction is rounded.",
        paper="Giapitzakis, Back de Luca & Fountoulakis 2025, arXiv 2502.16763",
        link="https://arxiv.org/abs/2502.16763",
    ),
    presets={"Eight bits": ExactSpec(), "Twelve bits": ExactSpec(k=12)},
    known_answers=known_answers,
    claims=(CLAIM,),
    order=60,
)
