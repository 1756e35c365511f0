"""The sentences, the networks that read them, and what these hold at every word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.geometry.dictionaries.concepts import Concepts, concepts
from engines.geometry.dictionaries.reading import Reader
from engines.geometry.dictionaries.spec import FIRST, TRANSCODER, WIDTH, WINDOW, DictionarySpec
from engines.lab.data.clauses import WORDS, clauses
from engines.lab.data.task import seed_of
from engines.lab.training import (
    Rule,
    Stack,
    Training,
    arrays,
    one_thread,
    run,
    seeds_apart,
    stack_from_seeds,
)
from engines.lab.transformers.causal import Build, CausalTransformer
from engines.lab.transformers.paths import levels

_N_TEXT, _N_FIT, _N_HELD = 40_000, 800, 400
_BATCH, _RATE, _N_HEADS = 32, 0.004, 4
SETTLED = 4
"""Words of a window whose part in the sentence may not be known yet; they are not judged."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a text, and what is true of the words that are judged, from `SETTLED` on."""

    token: np.ndarray
    """int64[window, word]."""
    concepts: Concepts

    def judged(self, values: np.ndarray) -> np.ndarray:
        """[window, word, ...] to [judged word, ...], in the order of the concepts."""
        return values[:, SETTLED:].reshape(-1, *values.shape[2:])


def windows_of(n: int, seed: int) -> Windows:
    """So many windows that nobody has learnt from."""
    said = clauses(n * WINDOW, seed)
    token, start = said.windows(WINDOW)
    at = (start[:, None] + np.arange(SETTLED, WINDOW)).ravel()
    return Windows(token, concepts(said.token[at], said.kind[at], said.part[at]))


@dataclass(frozen=True, eq=False)
class Texts:
    """What networks learn from, what dictionaries learn from, and what both are judged on."""

    learnt: tuple[np.ndarray, np.ndarray]
    fit: np.ndarray
    held: Windows


def texts_of(spec: DictionarySpec) -> Texts:
    """Three texts of one grammar."""
    base = 4 * (spec.seed % 2**31)
    pairs, _ = clauses(_N_TEXT, base).windows(WINDOW + 1)
    fit, _ = clauses(_N_FIT * WINDOW, base + 1).windows(WINDOW)
    return Texts((pairs[:, :-1], pairs[:, 1:]), fit, windows_of(_N_HELD, base + 2))


def started(spec: DictionarySpec) -> Stack:
    """The networks before they learn."""
    build = Build(d_model=WIDTH, n_heads=_N_HEADS)
    return stack_from_seeds(
        lambda: CausalTransformer(len(WORDS), WINDOW, build), seeds_apart(spec.seed, spec.n_seeds)
    )


def read_on(spec: DictionarySpec, stack: Stack, texts: Texts) -> Iterator[float]:
    """Networks learn to go on with sentences, in place; yields the share of steps that is done."""
    rule = Rule(optimiser="Adam", learning_rate=_RATE)
    batches = arrays(*texts.learnt, size=_BATCH, seed=spec.seed)
    training = Training(stack, batches, rule=rule, exact=False)
    for pause in run(training, (0, spec.n_learnt)):
        yield pause.fraction


def loss_of(stack: Stack, net: int, windows: Windows) -> float:
    """Mean surprise at the next word in nats."""
    token = torch.from_numpy(windows.token)
    with one_thread(), torch.no_grad():
        said = stack.module(net).eval()(token[:, :-1])
        return float(torch.nn.functional.cross_entropy(said, token[:, 1:]))


def level_of(spec: DictionarySpec) -> int:
    """Where what is coded is written, counted as in `paths`."""
    return 1 if spec.reads in (FIRST, TRANSCODER) else 2


def model_of(stack: Stack, net: int) -> CausalTransformer:
    """One network by itself."""
    made = stack.module(net)
    assert isinstance(made, CausalTransformer)
    return made.eval()


@torch.no_grad()
def held_by(
    spec: DictionarySpec, model: CausalTransformer, token: np.ndarray
) -> tuple[Tensor, Tensor]:
    """What a code reads and what it is to make, float32[window, word, number] each."""
    tokens = torch.from_numpy(token)
    if spec.reads != TRANSCODER:
        held = levels(model, tokens)[level_of(spec)]
        return held, held
    block, kept = model.layers[0], []
    assert block.wide_norm is not None
    assert block.narrow is not None
    hooks = [part.register_forward_hook(lambda _m, _a, out: kept.append(out))
             for part in (block.wide_norm, block.narrow)]  # fmt: skip
    try:
        block(model.embedded(tokens))
    finally:
        for hook in hooks:
            hook.remove()
    return kept[0], kept[1]


def dealt_anew(stack: Stack, seed: int) -> Stack:
    """Networks whose weights are those of others in random order, parameter by parameter.

    The control of Heap et al. 2025: sizes of all values stay, embeddings too, what was learnt goes.
    """
    made, draw = stack.copy(), torch.Generator().manual_seed(seed % 2**63)
    for value in made.parameters.values():
        for one in value:
            order = torch.randperm(one.numel(), generator=draw)
            one.copy_(one.flatten()[order].reshape(one.shape))
    return made


def reader_of(stack: Stack, net: int) -> Reader:
    """The same network in numpy."""
    model = model_of(stack, net)
    weights = {name: value.detach().numpy() for name, value in model.named_parameters()}
    return Reader(weights, model.build.n_layers, model.build.n_heads)


def shuffled(x: Tensor, seed: int) -> Tensor:
    """Every number of [row, number] dealt anew over rows: it stays, what goes with it does not."""
    draw = torch.Generator().manual_seed(seed % 2**63)
    order = torch.rand(x.shape, generator=draw).argsort(dim=0)
    return x.gather(0, order)


def both_shuffled(spec: DictionarySpec, x: Tensor, y: Tensor, which: int) -> tuple[Tensor, Tensor]:
    """What is read and what is wanted, shuffled alike where they are the same numbers."""
    dealt = shuffled(x, seed_of(spec.seed, 2 * which))
    other = spec.reads == TRANSCODER
    return dealt, shuffled(y, seed_of(spec.seed, 2 * which + 1)) if other else dealt
