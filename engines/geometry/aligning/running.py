"""Networks learn, and maps look for the variable in them and in their own first weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from engines.geometry.aligning.found import BENT, MAPS, NEURONS, TURNED, Found
from engines.geometry.aligning.interchange import Aligned, Frozen, best_units, reached
from engines.geometry.aligning.maps import Couplings, Rotation
from engines.geometry.aligning.result import AlignmentFrame, AlignmentRun
from engines.geometry.aligning.spec import N_NUMBERS, WIDTH, AlignmentSpec
from engines.geometry.aligning.task import Alphabet, alphabet, examples, interchanges
from engines.lab.training import (
    Rule,
    Stack,
    Training,
    arrays,
    evenly_spaced,
    one_thread,
    outputs_of,
    run,
    stack_from_seeds,
    stack_of,
)

_N_FIT, _N_JUDGED, _N_GREEDY = 20_000, 1_000, 2_048
_BATCH, _RATE, _TURN_RATE = 128, 0.003, 0.01
_N_LOOKS = 9
Judged = tuple[tuple[Tensor, Tensor], ...]


def frames_of(spec: AlignmentSpec) -> Iterator[AlignmentFrame | AlignmentRun]:
    """Frames while networks and maps learn, and the run last."""
    known = alphabet(spec.n_symbols, spec.seed)
    stack = stack_from_seeds(network, range(spec.seed % 2**31, spec.seed % 2**31 + spec.n_seeds))
    fresh = stack.copy()
    for share in _learn(spec, stack, known):
        yield AlignmentFrame("networks learn", fraction=0.1 * share)
    every = [frozen(one, k, spec.depth) for one in (stack, fresh) for k in range(spec.n_seeds)]
    rng = np.random.default_rng([spec.seed % 2**32, 2])
    fit = interchanges(known, _N_FIT, rng)
    judged = tuple(tensors(*interchanges(known, _N_JUDGED, rng, held=held))
                   for held in (False, True))  # fmt: skip
    steps = evenly_spaced(spec.n_steps, _N_LOOKS)
    course = np.full((len(MAPS), len(steps), 2, 2, spec.n_seeds), np.nan)
    few = tensors(fit[0][:_N_GREEDY], fit[1][:_N_GREEDY])
    for k, one in enumerate(every):
        yield AlignmentFrame("neurons are chosen", fraction=0.1 + 0.1 * k / len(every))
        with one_thread():
            units = best_units(one, *few, spec.n_taken)
            arm, net = divmod(k, spec.n_seeds)
            course[NEURONS, :, :, arm, net] = [reached(one, units, *pair) for pair in judged]
    for which, first, last in ((TURNED, 0.2, 0.4), (BENT, 0.4, 1.0)):
        for share, at in _fitted(spec, every, which, fit, judged, steps):
            if at is not None:
                course[which, at[0]] = at[1]
            yield AlignmentFrame(f"{MAPS[which]} learns", fraction=first + (last - first) * share)
    right = np.array([[_right(one, known, spec, held=held) for one in (stack, fresh)]
                      for held in (False, True)])  # fmt: skip
    yield AlignmentRun(Found(spec, np.array(steps), course, right))


def network() -> nn.Module:
    """Two hidden layers with ReLU."""
    return nn.Sequential(
        nn.Linear(4 * N_NUMBERS, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(),
        nn.Linear(WIDTH, 2),
    )  # fmt: skip


def frozen(stack: Stack, net: int, depth: int) -> Frozen:
    """One network that no longer changes."""
    one = stack.one(net)
    return Frozen([(one[f"{k}.weight"], one[f"{k}.bias"]) for k in (0, 2, 4)], depth)


def tensors(x: np.ndarray, y: np.ndarray) -> tuple[Tensor, Tensor]:
    """The same for torch."""
    return torch.from_numpy(x), torch.from_numpy(y)


def _learn(spec: AlignmentSpec, stack: Stack, known: Alphabet) -> Iterator[float]:
    x, y = examples(known, _N_FIT, np.random.default_rng([spec.seed % 2**32, 3]))
    batches = arrays(x, y, size=_BATCH, seed=spec.seed)
    rule = Rule(optimiser="Adam", learning_rate=_RATE)
    training = Training(stack, batches, rule=rule, exact=False)
    for pause in run(training, (spec.n_learnt,)) if spec.n_learnt else ():
        yield pause.fraction


def _right(stack: Stack, known: Alphabet, spec: AlignmentSpec, *, held: bool) -> np.ndarray:
    """float64[net]: share of examples that are answered right."""
    rng = np.random.default_rng([spec.seed % 2**32, 4])
    x, y = tensors(*examples(known, _N_JUDGED, rng, held=held))
    with one_thread():
        return (outputs_of(stack, x).argmax(-1) == y).double().mean(-1).numpy()


def _fitted(
    spec: AlignmentSpec, every: list[Frozen], which: int, fit: tuple[np.ndarray, np.ndarray],
    judged: Judged, steps: tuple[int, ...],
) -> Iterator[tuple[float, tuple[int, np.ndarray] | None]]:  # fmt: skip
    """The share that is done, and at each look its number and [pairs, arm, net] of what is due."""
    made = []
    for k, one in enumerate(every):
        with torch.random.fork_rng(devices=[]):
            # The same first map for a network and for its own first weights.
            torch.manual_seed(spec.seed % 2**31 + 1_000 + k % spec.n_seeds)
            way = Rotation(WIDTH) if which == TURNED else Couplings(WIDTH, spec.n_blocks)
        made.append(Aligned(one, way, spec.n_taken))
    stack = stack_of(made)
    rule = Rule(optimiser="Adam", learning_rate=_TURN_RATE if which == TURNED else _RATE)
    batches = arrays(*fit, size=_BATCH, seed=spec.seed)
    training, look = Training(stack, batches, rule=rule, exact=False), 0
    for pause in run(training, steps):
        at = None
        if pause.scheduled:
            at, look = (look, _judged(stack, judged)), look + 1
        yield pause.fraction, at


def _judged(stack: Stack, judged: Judged) -> np.ndarray:
    with one_thread():
        found = [(outputs_of(stack, x).argmax(-1) == y).double().mean(-1) for x, y in judged]
    return torch.stack(found).unflatten(1, (2, -1)).numpy()
