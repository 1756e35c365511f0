"""Networks learn, dictionaries learn what they hold, and both are held against controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engines.geometry.dictionaries.by_loss import extra, starts_twice, to_choose_by
from engines.geometry.dictionaries.concepts import correlations
from engines.geometry.dictionaries.found import BY_LOSS, BY_OTHERS, LEARNT, Drawn
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

_LEARNING, _CODING = 0.6, 0.9
"""Shares of a run when networks, and when dictionaries, have learnt."""
_N_SHOWN = 8
_CODES = 1_000
"""Where seeds of dictionaries stand, apart from those of networks and of what is shuffled."""


def frames_of(spec: DictionarySpec) -> Iterator[DictionaryFrame | DictionaryRun]:
    """Frames while networks and dictionaries learn, and the run last."""
    texts, stack = texts_of(spec), started(spec)
    for share in read_on(spec, stack, texts):
        yield DictionaryFrame("networks read", fraction=_LEARNING * share)
    nets, fresh = range(spec.n_seeds), dealt_anew(stack, spec.seed)
    with one_thread():
        seen = [seen_by(spec, stack, net, texts) for net in nets]
        plain = [seen_by(spec, fresh, net, texts) for net in nets]
    codes = dictionaries(WIDTH, code_of(spec), seeds_of_codes(spec))
    unlearnt = codes.copy()
    for share in learnt(codes, *_to_learn_from(spec, seen, plain), spec.n_steps, spec.seed):
        done = _LEARNING + (_CODING - _LEARNING) * share
        yield DictionaryFrame("dictionaries learn", fraction=done)
    weighed = None
    if spec.by_loss:
        with one_thread():
            by = to_choose_by(spec, stack, texts.fit)
        starts = starts_twice(seeds_of_codes(spec), spec.n_seeds)
        weighed = dictionaries(WIDTH, replace(code_of(spec), weight=spec.by_loss), starts)
        x, y = _twice(seen)
        for _ in learnt(weighed, x, y, spec.n_steps, spec.seed, by):
            yield DictionaryFrame("dictionaries learn by the loss", fraction=_CODING)
    measured = Measured(spec, texts)
    for net in nets:
        done = _CODING + (1 - _CODING) * net / len(nets)
        for _ in measured.network(net, seen[net], plain[net], codes, unlearnt):
            yield DictionaryFrame("looked at", fraction=done)
        with one_thread():
            measured.steer(net, stack, one(codes, net))
            if weighed is not None:
                _beside(measured, net, stack, seen[net], one(codes, net), weighed)
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


def _twice(seen: list[Seen]) -> tuple[Tensor, Tensor]:
    """What networks hold, for codes by the loss and for those by the loss at other words."""
    x, y = (torch.stack([who.fit[k] for who in (*seen, *seen)]) for k in range(2))
    return x, y


def _beside(
    measured: Measured, net: int, stack: Stack, seen: Seen, code: Sparse, weighed: Stack
) -> None:
    """Codes that were chosen by the loss, held against those chosen by size."""
    spec, model = measured.spec, model_of(stack, net)
    token = measured.texts.held.token
    arms = ((LEARNT, code), (BY_LOSS, one(weighed, net)),
            (BY_OTHERS, one(weighed, spec.n_seeds + net)))  # fmt: skip
    for arm, each in arms:
        measured.extra[arm, net] = extra(spec, model, token, each, seen)
        if arm != LEARNT:
            measured.sparse(arm, net, each, seen)


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
