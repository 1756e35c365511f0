"""Figures of every dictionary and of what it is held against, network by network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.geometry.dictionaries.concepts import (
    FAMILIES,
    Named,
    kinds_beside,
    named,
    task_and_control,
)
from engines.geometry.dictionaries.factors import (
    amounts_of,
    components,
    explained,
    foretold,
    n_components,
    semi_nmf,
)
from engines.geometry.dictionaries.found import (
    ARMS,
    FACTORS,
    LEARNT,
    PARTS_,
    PARTS_OF_ERROR,
    PRINCIPAL,
    PROBE,
    RANDOM,
    SHUFFLED,
    UNLEARNT,
    Drawn,
    Found,
)
from engines.geometry.dictionaries.learning import (
    SETTLED,
    Texts,
    Windows,
    both_shuffled,
    held_by,
    level_of,
    model_of,
    reader_of,
)
from engines.geometry.dictionaries.sparse import Sparse, one, unexplained
from engines.geometry.dictionaries.spec import WIDTH, DictionarySpec
from engines.geometry.dictionaries.steering import WAYS, reached
from engines.lab.data.clauses import KINDS
from engines.lab.data.task import seed_of
from engines.lab.training import Stack, one_thread

_N_CONTEXTS, _LAST, _FEW = 160, 8, 4
_N_FACTOR_ROWS, _N_FACTOR_STEPS = 1_500, 60
_DEALT, _FACTORS = 2_000, 3_000
"""Where seeds of errors dealt anew, and of semi-NMF, stand."""


@dataclass(frozen=True, eq=False)
class Scale:
    """Means and sizes of what a code reads and makes, from what it learns from."""

    x_mean: Tensor
    x_size: float
    y_mean: Tensor
    y_size: float

    def of(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Rows as codes see them."""
        return (x - self.x_mean) / self.x_size, (y - self.y_mean) / self.y_size


def scale_of(x: Tensor, y: Tensor) -> Scale:
    """About 0 with a mean square of 1."""

    def size(values: Tensor) -> float:
        return float((values - values.mean(0)).square().mean().sqrt())

    return Scale(x.mean(0), size(x), y.mean(0), size(y))


@dataclass(frozen=True, eq=False)
class Seen:
    """What the words of one network hold, (read, wanted), to learn from and to be judged on."""

    fit: tuple[Tensor, Tensor]
    held: tuple[Tensor, Tensor]
    scale: Scale


def seen_by(spec: DictionarySpec, stack: Stack, net: int, texts: Texts) -> Seen:
    """Both texts through one network, as codes see them."""
    model = model_of(stack, net)
    x, y = (part.flatten(0, 1) for part in held_by(spec, model, texts.fit))
    held = [part[:, SETTLED:].flatten(0, 1) for part in held_by(spec, model, texts.held.token)]
    scale = scale_of(x, y)
    return Seen(scale.of(x, y), scale.of(*held), scale)


class Measured:
    """Figures of every network, arm by arm."""

    def __init__(self, spec: DictionarySpec, texts: Texts) -> None:
        self.spec, self.texts, n = spec, texts, spec.n_seeds
        self.left = np.full((len(ARMS), n), np.nan)
        self.scores = np.full((len(ARMS), n, len(FAMILIES)), np.nan)
        self.alive = np.full((len(ARMS), n), np.nan)
        self.active = np.full((len(ARMS), n), np.nan)
        self.extra = np.full((len(ARMS), n), np.nan)
        token = texts.held.judged(texts.held.token)
        self.beside = [kinds_beside(token, spec.seed, net) for net in range(n)]
        self.control = np.full((len(ARMS), n, 2), np.nan)
        self.error = np.full((2, n, len(PARTS_OF_ERROR)), np.nan)
        self.steered = _steered(texts)
        self.reached = np.full((n, len(self.steered), len(WAYS)), np.nan)
        self.named: list[Named] = []
        self.speaks: list[np.ndarray] = []

    def network(
        self, net: int, seen: Seen, plain: Seen, codes: Stack, unlearnt: Stack
    ) -> Iterator[None]:
        """Every arm of one network; yields between."""
        n = self.spec.n_seeds
        arms = (
            (LEARNT, codes, net, seen), (RANDOM, codes, n + net, plain),
            (SHUFFLED, codes, 2 * n + net, seen), (UNLEARNT, unlearnt, net, seen),
        )  # fmt: skip
        for arm, stack, which, who in arms:
            with one_thread():
                self.sparse(arm, net, one(stack, which), who)
            yield
        with one_thread():
            self._against(net, seen)
        yield
        if self.spec.factors:
            yield from self._factors(net, seen)

    @torch.no_grad()
    def sparse(self, arm: int, net: int, code: Sparse, who: Seen) -> None:
        """What one code leaves, how many latents speak, what they say."""
        x, wanted = who.held
        amounts, made = code.amounts(x), code.made(x)
        self.left[arm, net] = unexplained(made, wanted)
        if arm == SHUFFLED:  # is asked for what it learnt from, on words that it has not seen
            x, wanted = both_shuffled(self.spec, *who.held, self.spec.n_seeds + net)
            self.left[arm, net] = unexplained(code.made(x), wanted)
        self.alive[arm, net] = float((amounts > 0).any(0).sum())
        self.active[arm, net] = float((amounts > 0).double().sum(1).mean())
        found = self._note(arm, net, amounts.numpy())
        if arm == LEARNT:
            self.named.append(found)
            self.speaks.append((amounts > 0).any(0).numpy())
            error, dealt = wanted - made, seed_of(self.spec.seed, _DEALT + net)
            for k, target in enumerate((error, error.square().sum(1, keepdim=True).sqrt())):
                order = torch.randperm(len(x), generator=torch.Generator().manual_seed(dealt))
                self.error[0, net, k] = explained(x, target)
                self.error[1, net, k] = explained(x, target[order])

    def _note(self, arm: int, net: int, amounts: np.ndarray, *, signed: bool = False) -> Named:
        concepts = self.texts.held.concepts
        found = named(amounts, concepts.is_it, signed=signed)
        for family in range(len(FAMILIES)):
            self.scores[arm, net, family] = found.of(concepts, family)
        self.control[arm, net] = task_and_control(
            lambda is_it: named(amounts, is_it, signed=signed).score, self.beside[net]
        )
        return found

    def _against(self, net: int, seen: Seen) -> None:
        """Principal components that leave as little, and a probe that was told the concepts."""
        x, wanted = seen.held
        directions, _ = components(seen.fit[1])
        along = wanted.double() @ directions.T
        about = wanted.double() - wanted.double().mean(0)
        left = 1.0 - (along - along.mean(0)).square().sum(0).cumsum(0) / about.square().sum()
        n = n_components(left, self.left[LEARNT, net])
        self.left[PRINCIPAL, net] = float(left[n - 1])
        self.alive[PRINCIPAL, net] = self.active[PRINCIPAL, net] = n
        self._note(PRINCIPAL, net, along[:, :n].numpy(), signed=True)
        concepts = self.texts.held.concepts
        score = _told(x, concepts.is_it)
        for family in range(len(FAMILIES)):
            self.scores[PROBE, net, family] = score[concepts.family == family].mean()
        self.control[PROBE, net] = task_and_control(lambda is_it: _told(x, is_it), self.beside[net])

    def _factors(self, net: int, seen: Seen) -> Iterator[None]:
        wanted, held = seen.fit[1][:_N_FACTOR_ROWS], seen.held[1]
        factors = wanted
        first = seed_of(self.spec.seed, _FACTORS + net)
        for made in semi_nmf(wanted, self.spec.n_latents, _N_FACTOR_STEPS, first):
            factors = made[0]
            yield
        start = torch.full((len(held), self.spec.n_latents), 0.1)
        amounts = amounts_of(held, factors, start, _N_FACTOR_STEPS)
        self.left[FACTORS, net] = unexplained(amounts @ factors, held)
        self.alive[FACTORS, net] = self.active[FACTORS, net] = self.spec.n_latents
        self._note(FACTORS, net, amounts.numpy())

    def steer(self, net: int, stack: Stack, code: Sparse) -> None:
        """To every kind of word from all others, to every part from the same kind in others."""
        reader, level = reader_of(stack, net), level_of(self.spec)
        token, rows = contexts_of(self.texts.held)
        held = reader.levels(token)[level]
        written = code.directions().detach().numpy()
        draw, choose = (np.random.default_rng([self.spec.seed % 2**32, net, k]) for k in (4, 5))
        for k, (at, among) in enumerate(self.steered):
            asked = np.ones(len(rows), bool) if among < 0 else rows[:, among]
            latent = int(self.named[net].latent[at])
            other = another(latent, self.speaks[net], choose)
            ways = [written[latent], draw.normal(size=WIDTH)]
            ways += [] if other is None else [written[other]]
            found = reached(reader, level, held[asked], rows[asked, at], np.array(ways))
            self.reached[net, k, : len(found)] = found

    def found(self, drawn: Drawn, losses: list[float]) -> Found:
        """All of it."""
        families = self.texts.held.concepts.family[[at for at, _ in self.steered]]
        return Found(
            self.spec, np.array(losses), self.left, self.scores, self.control, self.alive,
            self.active, self.extra, self.error, self.reached, families, drawn,
        )  # fmt: skip


def _told(x: Tensor, is_it: np.ndarray) -> np.ndarray:
    """float64[concept]: how well a line that was told them says concepts of the other half."""
    told = foretold(x, torch.from_numpy(is_it.astype(np.float64))).numpy()
    held = is_it[len(x) // 2 :]
    return np.array([np.corrcoef(told[:, k], held[:, k])[0, 1] for k in range(held.shape[1])])


def contexts_of(held: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Beginnings of windows [context, word], and what is true of their last words [.., concept].

    Of the last windows, since latents are chosen on the first half of them.
    """
    n_judged = held.token.shape[1] - SETTLED
    rows = held.concepts.is_it[_LAST - 1 - SETTLED :: n_judged]
    return held.token[-_N_CONTEXTS:, :_LAST], rows[-_N_CONTEXTS:]


def another(latent: int, speaks: np.ndarray, draw: np.random.Generator) -> int | None:
    """A latent at random of those that speak, but not this one; None where there is no other."""
    others = np.flatnonzero(speaks & (np.arange(len(speaks)) != latent))
    return int(draw.choice(others)) if len(others) else None


def _steered(texts: Texts) -> list[tuple[int, int]]:
    """Concepts to steer to, and the kind of word to steer from; -1 for all other words."""
    concepts, (_, rows) = texts.held.concepts, contexts_of(texts.held)
    found = []
    for at, name in enumerate(concepts.names):
        among = -1
        if concepts.family[at] == PARTS_:
            kind = next(k for k in KINDS if name.startswith(f"{k} "))
            among = concepts.names.index(kind) if kind in concepts.names else -1
        asked = rows[:, at] if among < 0 else rows[rows[:, among], at]
        if concepts.family[at] and _FEW <= asked.sum() <= len(asked) - _FEW:
            found.append((at, among))
    return found
