"""Same network, different neurons: weight matching and the loss between two networks.

Hidden units can be permuted without changing a function. Ainsworth, Hayase and Srinivasa 2023,
"Git Re-Basin": find the permutations that bring one network's weights nearest to another's, one
layer after the other by linear assignment, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import around

START_SCALE = 0.3
"""Times 1 / sqrt(inputs): small enough for networks to learn features instead of keeping noise."""

N_DRAWS = 500
_ENDS = (0.025, 0.975)

Layers = list[tuple[np.ndarray, np.ndarray]]
"""(weight [in, out], bias [out]) of every layer, the readout last."""


class MatchingSpec(Spec):
    """Two networks of one shape, trained on the digits from different weights."""

    width: int = knob(
        512, label="Width", help="Units of both hidden layers.", group="Network", ge=8, le=1024,
        soft=(32, 512),
    )  # fmt: skip
    n_steps: int = knob(
        800, label="Steps", help="Batches of 64 digits.", group="Training", ge=10, le=20_000,
        soft=(200, 4_000),
    )  # fmt: skip
    learning_rate: float = knob(
        0.2, label="Learning rate", help="Of plain gradient descent.", group="Training", gt=0.0,
        le=2.0, soft=(0.01, 0.5), log=True,
    )  # fmt: skip
    match: Literal["weights", "activations"] = knob(
        "weights", label="Match by", help="Nearest weights, or units that do alike on the digits.",
        group="Matching",
    )  # fmt: skip
    n_points: int = knob(
        25, label="Points on the path", help="From one network to the other.", group="Matching",
        ge=3, le=101,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws both networks and what is held out.",
                      group="Training")  # fmt: skip


def forward(layers: Layers, x: np.ndarray) -> list[np.ndarray]:
    """Activations of every layer of a ReLU network; the last are logits."""
    values = []
    for k, (weight, bias) in enumerate(layers):
        x = x @ weight + bias
        if k < len(layers) - 1:
            x = np.maximum(x, 0.0)
        values.append(x)
    return values


def permuted(layers: Layers, permutations: Sequence[np.ndarray]) -> Layers:
    """The same function with hidden units in another order; one permutation per hidden layer."""
    made: Layers = []
    for k, (weight, bias) in enumerate(layers):
        inward = weight if k == 0 else weight[permutations[k - 1]]
        is_last = k == len(layers) - 1
        order = np.arange(len(bias)) if is_last else permutations[k]
        made.append((inward[:, order], bias[order]))
    return made


def weight_matching(one: Layers, other: Layers, seed: int = 0) -> list[np.ndarray]:
    """Permutations of ``other``'s hidden units that bring its weights nearest to ``one``'s.

    Coordinate descent: each layer in turn, in an order the seed draws, by linear assignment.
    """
    from scipy.optimize import linear_sum_assignment

    n_hidden = len(one) - 1
    found = [np.arange(len(bias)) for _, bias in one[:-1]]
    rng = np.random.default_rng(seed)
    for _ in range(50):
        changed = False
        for k in rng.permutation(n_hidden):
            below = other[k][0] if k == 0 else other[k][0][found[k - 1]]
            above = other[k + 1][0] if k == n_hidden - 1 else other[k + 1][0][:, found[k + 1]]
            alike = one[k][0].T @ below + np.outer(one[k][1], other[k][1])
            alike = alike + one[k + 1][0] @ above.T
            chosen = linear_sum_assignment(alike, maximize=True)[1]
            rows = np.arange(len(chosen))
            if alike[rows, chosen].sum() > alike[rows, found[k]].sum() + 1e-9:
                found[k], changed = chosen, True
        if not changed:
            break
    return found


def activation_matching(one: Layers, other: Layers, x: np.ndarray) -> list[np.ndarray]:
    """Permutations that pair the units whose activations correlate most, layer by layer."""
    from scipy.optimize import linear_sum_assignment

    found = []
    for a, b in zip(forward(one, x)[:-1], forward(other, x)[:-1], strict=True):
        alike = scored(a).T @ scored(b)
        found.append(linear_sum_assignment(alike, maximize=True)[1])
    return found


def between(one: Layers, other: Layers, share: float) -> Layers:
    """The network at this share of the straight line between the weights of two."""
    return [
        ((1 - share) * w + share * v, (1 - share) * b + share * c)
        for (w, b), (v, c) in zip(one, other, strict=True)
    ]


def losses_and_hits(layers: Layers, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """float64[2, stimulus]: cross entropy in nats, and 1 where right; y are class numbers."""
    found = forward(layers, x)[-1]
    found = found - found.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(found).sum(axis=1))
    return np.stack([log_sum - found[np.arange(len(y)), y], found.argmax(axis=1) == y])


def barrier(losses: np.ndarray) -> float:
    """How far the loss along a path rises above the straight line between its ends."""
    return float(barriers_of(losses[:, None])[0])


def barriers_of(losses: np.ndarray) -> np.ndarray:
    """float64[draw]: `barrier` of each column of losses [point, draw]."""
    line = np.linspace(losses[0], losses[-1], len(losses))
    return (losses - line).max(axis=0)


@dataclass(frozen=True, eq=False)
class PathChance:
    """95 % intervals of one path, over `N_DRAWS` bootstraps of the held-out digits."""

    loss: np.ndarray
    """float64[2, point]."""
    accuracy: np.ndarray
    """float64[2, point]."""
    barrier: tuple[float, float]


def path_chance(told: np.ndarray, seed: int) -> PathChance:
    """Intervals of losses and hits [point, 2, stimulus]; the same stimuli at all points."""
    n = told.shape[2]
    rng = np.random.default_rng([seed % 2**32, 19])
    weight = rng.multinomial(n, np.full(n, 1.0 / n), N_DRAWS).T / n
    losses, hits = told[:, 0] @ weight, told[:, 1] @ weight
    # A barrier is a greatest value, which draws lie above: their percentiles can miss it.
    value = float(barriers_of(told[:, 0].mean(axis=1, keepdims=True))[0])
    low, high = around(value, barriers_of(losses), within=(0.0, np.inf))
    loss, accuracy = (np.quantile(v, _ENDS, axis=1) for v in (losses, hits))
    return PathChance(loss, accuracy, (low, high))


@dataclass(frozen=True)
class MatchingFrame(Frame):
    """The networks still learn."""

    step: int


@dataclass(frozen=True, eq=False)
class Matching(Result):
    """The way between two networks, before and after their neurons are matched."""

    spec: MatchingSpec
    share: np.ndarray
    losses: dict[str, np.ndarray]
    """float64[point] on held-out digits: naive, matched, random permutation (the control)."""
    accuracies: dict[str, np.ndarray]
    alike_before: np.ndarray
    """float32[unit, unit]: correlation of first-layer units, the first 128."""
    alike_after: np.ndarray
    n_test: int
    chance: dict[str, PathChance]
    """Intervals of each path."""
    moved: float
    """Largest change of any output by permuting: the function is the same."""

    def barriers(self) -> dict[str, float]:
        """Loss barrier of each path."""
        return {name: barrier(losses) for name, losses in self.losses.items()}

    def pictures(self) -> tuple[Picture, ...]:
        """Loss and accuracy along the path, units before and after, and the barriers."""
        x = Axis("share of the second network")
        unit = Axis("unit of the second"), Axis("unit of the first"), Axis("correlation")
        names = tuple(self.losses)
        table = Table(
            "Barriers",
            {
                "path": names,
                "barrier (nats)": np.array([self.barriers()[n] for n in names]),
                "low": np.array([self.chance[n].barrier[0] for n in names]),
                "high": np.array([self.chance[n].barrier[1] for n in names]),
                "least accuracy": np.array([self.accuracies[n].min() for n in names]),
                "estimator": (f"95 % of {N_DRAWS} bootstraps of the digits",) * len(names),
                "n digits, held out": np.array([self.n_test] * len(names)),
                "seed": np.array([self.spec.seed] * len(names)),
            },
        )
        losses = {n: (found.loss[0], found.loss[1]) for n, found in self.chance.items()}
        hits = {n: (found.accuracy[0], found.accuracy[1]) for n, found in self.chance.items()}
        nats, right = Axis("loss", "nats"), Axis("accuracy")
        return (
            Curves("Loss along the way", self.share, self.losses, x, nats, bands=losses),
            Curves("Accuracy along the way", self.share, self.accuracies, x, right, bands=hits),
            Heatmap("Units before matching", self.alike_before, *unit, diverging=True, square=True),
            Heatmap("Units after matching", self.alike_after, *unit, diverging=True, square=True),
            table,
        )


def frames_of(spec: MatchingSpec) -> Iterator[MatchingFrame | Matching]:
    """How far the networks are, and the way between them last."""
    import torch
    from sklearn.datasets import load_digits

    from engines.geometry.learning.networks import initial_networks, n_threads

    pictures, digit = (np.asarray(a) for a in load_digits(return_X_y=True))
    rng = np.random.default_rng([spec.seed % 2**32, 5])
    order = rng.permutation(len(digit))
    x, y = pictures[order] / 16.0, digit[order]
    n_test = 397
    seeds = [spec.seed % 2**32, spec.seed % 2**32 + 1]
    nets = initial_networks(
        [64, spec.width, spec.width, 10],
        ["relu"] * 2,
        seeds,
        loss="softmax",
        frozen_readout=False,
        scale=START_SCALE,
    )
    pool = torch.as_tensor(x[n_test:], dtype=torch.float32)
    wanted = torch.nn.functional.one_hot(torch.as_tensor(y[n_test:]), 10).float()
    draw = torch.Generator().manual_seed(spec.seed % 2**63)
    for step in range(spec.n_steps):
        with n_threads(1):
            chosen = torch.randint(len(pool), (2, 64), generator=draw)
            nets.step(pool[chosen], wanted[chosen], spec.learning_rate)
        if step % 20 == 0:
            yield MatchingFrame(step, fraction=0.9 * step / spec.n_steps)
    one, other = (
        [(w[k].double().numpy(), b[k, 0].double().numpy())
         for w, b in zip(nets.weights, nets.biases, strict=True)]
        for k in (0, 1)
    )  # fmt: skip
    yield MatchingFrame(spec.n_steps, fraction=0.95)
    yield compared(spec, one, other, x, y, n_test, rng)


def compared(
    spec: MatchingSpec,
    one: Layers,
    other: Layers,
    x: np.ndarray,
    y: np.ndarray,
    n_test: int,
    rng: np.random.Generator,
) -> Matching:
    """Paths between two networks; the first ``n_test`` stimuli are held out, the others match."""
    if spec.match == "weights":
        found = weight_matching(one, other, spec.seed % 2**32)
    else:
        found = activation_matching(one, other, x[n_test:])
    drawn = [rng.permutation(spec.width) for _ in found]
    ends = {
        "as trained": other,
        "matched": permuted(other, found),
        "permuted at random": permuted(other, drawn),
    }
    share = np.linspace(0.0, 1.0, spec.n_points)
    test, answer = x[:n_test], y[:n_test]
    told = {
        name: np.stack([losses_and_hits(between(one, end, t), test, answer) for t in share])
        for name, end in ends.items()
    }
    moved = np.abs(forward(ends["matched"], test)[-1] - forward(other, test)[-1]).max()
    first = forward(one, test)[0]
    return Matching(
        spec,
        share,
        {name: values[:, 0].mean(axis=1) for name, values in told.items()},
        {name: values[:, 1].mean(axis=1) for name, values in told.items()},
        _correlation(first, forward(other, test)[0]),
        _correlation(first, forward(ends["matched"], test)[0]),
        n_test,
        {name: path_chance(values, spec.seed) for name, values in told.items()},
        float(moved),
    )


def _correlation(a: np.ndarray, b: np.ndarray, n: int = 128) -> np.ndarray:
    return (scored(a[:, :n]).T @ scored(b[:, :n]) / len(a)).astype(np.float32)


def scored(values: np.ndarray) -> np.ndarray:
    """Each unit with mean 0 and deviation 1 over stimuli; dead ones stay 0."""
    return (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9)
