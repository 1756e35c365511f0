"""Models that are told the same facts in four ways, side by side, and asked for the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.lab.training import Rule, Training, evenly_spaced, run, stack_from_seeds
from engines.lab.transformers.causal import CausalTransformer
from engines.pointer.language.facts import (
    SENTENCE,
    START,
    TELLINGS,
    Facts,
    drawn_facts,
    questions,
    told,
)

QUESTIONS = ("forward", "reversed", "control")


@dataclass(frozen=True)
class Recall:
    """How much is recalled at a step."""

    step: int
    fraction: float
    right: np.ndarray | None
    """float64[telling, question, seed]: share of names right in both tokens; None between looks."""
    named: np.ndarray | None = None
    """float64[telling, fact, fact], at the end: what the first seed's models give for each A after
    each B that is no control."""


@dataclass(eq=False)
class Tellings:
    """Batches of every telling: each network its own facts, [telling x seed, fact, 5]."""

    facts: list[Facts]
    """One per seed."""
    seed: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Beginnings and what comes next; seeds of one telling follow each other."""
        rows = []
        for telling in TELLINGS:
            for k, facts in enumerate(self.facts):
                draw = np.random.Philox(key=[self.seed, k], counter=[0, 0, 3, step])
                rows.append(told(facts, telling, np.random.Generator(draw)))
        tokens = torch.from_numpy(np.stack(rows))
        start = torch.full_like(tokens[..., :1], START)
        return torch.cat([start, tokens[..., :-1]], dim=-1), tokens


def learning(
    *, n_seeds: int, n_facts: int, n_words: int, n_steps: int, n_looks: int, seed: int
) -> Iterator[Recall]:
    """Train all tellings of all seeds together; one seed begins alike in every telling."""
    seeds = range(seed, seed + n_seeds)
    facts = [
        drawn_facts(np.random.Generator(np.random.Philox(key=[k, 31])), n_facts, n_words)
        for k in seeds
    ]
    stack = stack_from_seeds(
        lambda: CausalTransformer(facts[0].n_tokens, SENTENCE), list(seeds) * len(TELLINGS)
    )
    rule = Rule(optimiser="Adam", learning_rate=3e-3)
    training = Training(stack, Tellings(facts, seed), rule=rule)
    for pause in run(training, evenly_spaced(n_steps, n_looks)):
        right = recalled(training, facts) if pause.scheduled else None
        named = name_chances(training, facts[0], n_seeds) if pause.step == n_steps else None
        yield Recall(pause.step, pause.fraction, right, named)


def recalled(training: Training, facts: list[Facts]) -> np.ndarray:
    """Share of names that come out whole, greedily: float64[telling, question, seed]."""
    asked = [questions(each) for each in facts]
    found = np.zeros((len(TELLINGS), len(QUESTIONS), len(facts)))
    for k, question in enumerate(QUESTIONS):
        begun = torch.from_numpy(np.stack([each[question][0] for each in asked]))
        begun = begun.repeat(len(TELLINGS), 1, 1)
        for _ in range(2):
            said = training.outputs(begun, own=True)[..., -1].argmax(dim=-1)
            begun = torch.cat([begun, said[..., None]], dim=-1)
        wanted = np.stack([each[question][1] for each in asked])
        said = begun[..., -2:].numpy().reshape(len(TELLINGS), *wanted.shape)
        found[:, k] = (said == wanted).all(axis=-1).mean(axis=-1)
    return found


@torch.no_grad()
def name_chances(training: Training, facts: Facts, n_seeds: int) -> np.ndarray:
    """Probability of every name A after every B, as two tokens: float64[telling, fact, fact]."""
    begun, names = questions(facts)["reversed"]
    n = len(begun)
    told_b = np.repeat(begun, n, axis=0)
    told_a = np.tile(names, (n, 1))
    tokens = torch.from_numpy(np.concatenate([told_b, told_a[:, :1]], axis=1))
    wanted = torch.from_numpy(told_a)
    found = np.zeros((len(TELLINGS), n, n))
    for k in range(len(TELLINGS)):
        model = training.stack.module(k * n_seeds).eval()
        chance = model(tokens)[..., -2:].double().softmax(dim=1)
        both = chance.gather(1, wanted[:, None]).prod(dim=-1)
        found[k] = both.numpy().reshape(n, n)
    return found
