"""Models of three sizes that learn paths over concepts and write some of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.lab.training import Rule, Training, evenly_spaced, run, stack_from_seeds
from engines.lab.transformers.causal import Build, CausalTransformer
from engines.pointer.language.concepts import (
    N_RELATIONS,
    N_STEPS,
    Concepts,
    Judged,
    drawn_concepts,
    judged,
    walked,
)
from engines.pointer.language.course import JUMPS, TEMPERATURES

_BATCH = 128


@dataclass(eq=False)
class Paths:
    """Batches of walks over seen edges: each network its own map, [net, path, token].

    A path is told as its wanted relation, then its concepts.
    """

    maps: list[Concepts]
    seed: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Beginnings and what comes next."""
        rows = []
        for k, concepts in enumerate(self.maps):
            draw = np.random.Philox(key=[self.seed, k], counter=[0, 0, 4, step])
            paths, wanted = walked(concepts, _BATCH, 0.0, np.random.Generator(draw))
            rows.append(tokens_of(paths, wanted))
        tokens = torch.from_numpy(np.stack(rows))
        return tokens[..., :-1], tokens[..., 1:]


def tokens_of(paths: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """A relation and a path as tokens int64[path, step + 2]."""
    return np.concatenate([wanted[:, None], N_RELATIONS + paths], axis=1)


@dataclass(frozen=True)
class Written:
    """What the models of one width wrote for one map, at every temperature."""

    paths: np.ndarray
    """int64[temperature, path, step + 1]."""
    wanted: np.ndarray
    """int64[path]."""
    judged: list[Judged]


@dataclass(frozen=True)
class Progress:
    """A width on its way."""

    fraction: float
    written: list[Written] | None = None
    """One for each map, at the end of a width."""


def maps_of(n_concepts: int, n_seeds: int, seed: int) -> list[Concepts]:
    """A map of its own for every seed."""
    return [
        drawn_concepts(np.random.Generator(np.random.Philox(key=[k, 32])), n_concepts)
        for k in range(seed, seed + n_seeds)
    ]


def writing(
    maps: list[Concepts], width: int, *, n_steps: int, n_paths: int, seed: int
) -> Iterator[Progress]:
    """Train a model of this width on every map, and let it write."""
    n_tokens = N_RELATIONS + maps[0].n
    stack = stack_from_seeds(
        lambda: CausalTransformer(n_tokens, N_STEPS + 1, Build(d_model=width)),
        range(seed, seed + len(maps)),
    )
    rule = Rule(optimiser="Adam", learning_rate=3e-3)
    training = Training(stack, Paths(maps, seed), rule=rule)
    for pause in run(training, evenly_spaced(n_steps, 2)):
        yield Progress(0.95 * pause.fraction)
    yield Progress(1.0, _written(training, maps, n_paths, seed))


def _written(training: Training, maps: list[Concepts], n_paths: int, seed: int) -> list[Written]:
    rngs = [np.random.Generator(np.random.Philox(key=[seed + k, 33])) for k in range(len(maps))]
    asked = [walked(m, n_paths, 0.0, r) for m, r in zip(maps, rngs, strict=True)]
    starts = np.stack([tokens_of(paths, wanted)[:, :2] for paths, wanted in asked])
    begun = torch.from_numpy(np.tile(starts, (1, len(TEMPERATURES), 1)))
    heat = torch.tensor(TEMPERATURES).repeat_interleave(n_paths)
    for _ in range(N_STEPS):
        logits = training.outputs(begun, own=True)[..., -1]
        logits[..., :N_RELATIONS] = -torch.inf
        noise = torch.from_numpy(np.stack([r.gumbel(size=logits.shape[1:]) for r in rngs]))
        said = (logits.double() / heat[:, None] + noise).argmax(dim=-1)
        begun = torch.cat([begun, said[..., None]], dim=-1)
    found = (begun[..., 1:] - N_RELATIONS).numpy()
    return [_of_map(concepts, found[k], asked[k][1], n_paths) for k, concepts in enumerate(maps)]


def _of_map(concepts: Concepts, paths: np.ndarray, wanted: np.ndarray, n_paths: int) -> Written:
    paths = paths.reshape(len(TEMPERATURES), n_paths, -1)
    return Written(paths, wanted, [judged(concepts, some, wanted) for some in paths])


def jumping(maps: list[Concepts], n_paths: int, seed: int) -> list[list[Judged]]:
    """What walkers write that jump anywhere now and then, by map and chance of a jump."""
    found = []
    for k, concepts in enumerate(maps):
        rng = np.random.Generator(np.random.Philox(key=[seed + k, 34]))
        found.append([judged(concepts, *walked(concepts, n_paths, jump, rng)) for jump in JUMPS])
    return found
