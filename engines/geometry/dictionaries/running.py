"""Networks learn, dictionaries learn what they hold, and both are held against controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engines.geometry.dictionaries.by_loss import extra, gradients, starts_again, to_choose_by
from engines.geometry.dictionaries.concepts import correlations
from engines.geometry.dictionaries.found import BY_LOSS, BY_NOISE, BY_OTHERS, LEARNT, Drawn
from engines.geometry.dictionaries.learning import (
    SETTLED,
    Texts,
    both_shuffled,
    dealt_anew,
    level_of,
    loss_of,
    model_of,
    read_on,
    reader_of,
    started,
    texts_of,
)
from engines.geometry.dictionaries.measuring import Measured, Seen, seen_by
from engines.geometry.dictionaries.result import DictionaryFrame, DictionaryRun
from engines.geometry.dictionaries.sparse import Code, Sparse, learnt, one
from engines.geometry.dictionaries.sparse import started as dictionaries
from engines.geometry.dictionaries.spec import L1, WIDTH, DictionarySpec
from engines.lab.data.task import seed_of
from engines.lab.training import Stack, one_thread, seeds_apart

_DONE, _DONE_BY_LOSS = (0.6, 0.9, 0.9), (0.3, 0.45, 0.8)
"""Shares of a run when networks have learnt, dictionaries have, and those by the loss have."""
_N_SHOWN = 8
_CODES = 1_000
"""Where seeds of dictionaries stand, apart from those of networks and of what is shuffled."""


def frames_of(spec: DictionarySpec) -> Iterator[DictionaryFrame | DictionaryRun]:
    """Frames while networks and dictionaries learn, and the run last."""
    texts, stack = texts_of(spec), started(spec)
    learning, coding, weighing = _DONE_BY_LOSS if spec.by_loss else _DONE
    for share in read_on(spec, stack, texts):
        yield DictionaryFrame("networks read", fraction=learning * share)
    nets, fresh = range(spec.n_seeds), dealt_anew(stack, spec.seed)
    seen: list[Seen] = []
    plain: list[Seen] = []
    for net in nets:
        with one_thread():
            seen.append(seen_by(spec, stack, net, texts))
            plain.append(seen_by(spec, fresh, net, texts))
        yield DictionaryFrame("dictionaries learn", fraction=learning)
    codes = dictionaries(WIDTH, code_of(spec), seeds_of_codes(spec))
    unlearnt = codes.copy()
    for share in learnt(codes, *_to_learn_from(spec, seen, plain), spec.n_steps, spec.seed):
        done = learning + (coding - learning) * share
        yield DictionaryFrame("dictionaries learn", fraction=done)
    weighed = weighed_of(spec)
    if weighed is not None:
        for share in _by_loss(spec, weighed, stack, texts, seen):
            done = coding + (weighing - coding) * share
            yield DictionaryFrame("dictionaries learn by the loss", fraction=done)
    measured = Measured(spec, texts)
    for net in nets:
        done = weighing + (1 - weighing) * net / len(nets)
        for _ in _looked_at(measured, net, stack, (seen[net], plain[net]), (codes, unlearnt)):
            yield DictionaryFrame("looked at", fraction=done)
        if weighed is not None:
            for _ in _beside(measured, net, stack, seen[net], one(codes, net), weighed):
                yield DictionaryFrame("looked at", fraction=done)
    net = spec.network - 1
    drawn = _drawn(spec, texts, stack, seen[net], one(codes, net))
    losses = [loss_of(stack, k, texts.held) for k in nets]
    yield DictionaryRun(measured.found(drawn, losses))


def seeds_of_codes(spec: DictionarySpec) -> list[int]:
    """Of dictionaries of trained, random and shuffled networks, none of another run's."""
    return seeds_apart(seed_of(spec.seed, _CODES), 3 * spec.n_seeds)


def code_of(spec: DictionarySpec) -> Code:
    """How sparse a code of a spec is."""
    return Code(spec.n_latents, spec.n_active, spec.price if spec.code == L1 else 0.0)


def _to_learn_from(
    spec: DictionarySpec, seen: list[Seen], plain: list[Seen]
) -> tuple[Tensor, Tensor]:
    """Trained, random and shuffled ones behind each other: [arm and net, row, number] twice."""
    dealt = [both_shuffled(spec, *who.fit, k) for k, who in enumerate(seen)]
    every = [who.fit for who in (*seen, *plain)] + dealt
    return torch.stack([x for x, _ in every]), torch.stack([y for _, y in every])


def weighed_of(spec: DictionarySpec) -> Stack | None:
    """Dictionaries that will learn by the loss, by that at other words, and by noise, if asked."""
    if not spec.by_loss:
        return None
    starts = starts_again(seeds_of_codes(spec), spec.n_seeds)
    return dictionaries(WIDTH, replace(code_of(spec), weight=spec.by_loss), starts)


def _by_loss(
    spec: DictionarySpec, weighed: Stack, stack: Stack, texts: Texts, seen: list[Seen]
) -> Iterator[float]:
    """They learn in place; yields the share."""
    own: list[Tensor] = []
    for net in range(spec.n_seeds):
        with one_thread():
            own.append(gradients(spec, model_of(stack, net), texts.fit))
        yield 0.1 * (net + 1) / spec.n_seeds
    x, y = (torch.stack([who.fit[k] for who in seen * 3]) for k in range(2))
    for share in learnt(weighed, x, y, spec.n_steps, spec.seed, to_choose_by(spec, own)):
        yield 0.1 + 0.9 * share


def _looked_at(
    measured: Measured, net: int, stack: Stack, who: tuple[Seen, Seen], codes: tuple[Stack, Stack]
) -> Iterator[None]:
    """All that is asked of one network's codes; yields between."""
    yield from measured.network(net, *who, *codes)
    with one_thread():
        measured.steer(net, stack, one(codes[0], net))
    yield


def _beside(
    measured: Measured, net: int, stack: Stack, seen: Seen, code: Sparse, weighed: Stack
) -> Iterator[None]:
    """Codes that were chosen by the loss, held against those chosen by size; yields between."""
    spec, model = measured.spec, model_of(stack, net)
    token = measured.texts.held.token
    arms = ((LEARNT, code), *((arm, one(weighed, k * spec.n_seeds + net))
                              for k, arm in enumerate((BY_LOSS, BY_OTHERS, BY_NOISE))))  # fmt: skip
    for arm, each in arms:
        with one_thread():
            measured.extra[arm, net] = extra(spec, model, token, each, seen)
            if arm != LEARNT:
                measured.sparse(arm, net, each, seen)
        yield


@torch.no_grad()
def _drawn(spec: DictionarySpec, texts: Texts, stack: Stack, seen: Seen, code: Sparse) -> Drawn:
    """What the page shows of one network: names, examples, directions, the network itself."""
    amounts = code.amounts(seen.held[0]).numpy()
    concepts, half = texts.held.concepts, len(amounts) // 2
    best = correlations(amounts[:half], concepts.is_it[:half]).argmax(axis=1)
    judged = correlations(amounts[half:], concepts.is_it[half:])
    order = np.argsort(-amounts, axis=0, kind="stable")[:_N_SHOWN].T
    window, word = np.divmod(order, texts.held.token.shape[1] - SETTLED)
    active = amounts > 0
    reader = reader_of(stack, spec.network - 1)
    return Drawn(
        names=tuple(concepts.names[k] for k in best),
        family=concepts.family[best],
        score=judged[np.arange(len(best)), best],
        share=active.mean(axis=0),
        typical=amounts.sum(axis=0) / np.maximum(active.sum(axis=0), 1),
        examples=texts.held.token[window].astype(np.int16),
        place=(word + SETTLED).astype(np.int16),
        amount=np.take_along_axis(amounts.T, order, axis=1).astype(np.float32),
        directions=(code.directions() * seen.scale.y_size).numpy().astype(np.float32),
        weights=reader.weights,
        n_layers=reader.n_layers,
        n_heads=reader.n_heads,
        level=level_of(spec),
    )
