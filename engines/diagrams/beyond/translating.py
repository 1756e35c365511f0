"""Commands read by one LSTM and acted out by another, as the control of a grammar.

Sutskever, Vinyals and Le 2014, Sequence to sequence learning with neural networks.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.diagrams.beyond.asked import LONGEST, N_HIDDEN
from engines.diagrams.beyond.cells import Linear, Lstm
from engines.diagrams.beyond.commands import ACTIONS, WORDS, language

N_WORDS, N_ACTIONS = len(WORDS), len(ACTIONS)
END, BEGIN, NOTHING = N_ACTIONS, N_ACTIONS + 1, -1
"""Tokens of actions beside the actions; nothing follows the end."""


def tokens() -> tuple[np.ndarray, np.ndarray]:
    """Commands int64[command, place], 0 before the first word, and actions with an end behind."""
    words = {word: k + 1 for k, word in enumerate(WORDS)}
    actions = {action: k for k, action in enumerate(ACTIONS)}
    every = language()
    widest = max(len(command) for command, _ in every), max(len(done) for _, done in every) + 1
    said = np.zeros((len(every), widest[0]), np.int64)
    done = np.full((len(every), widest[1]), NOTHING, np.int64)
    for k, (command, acted) in enumerate(every):
        said[k, -len(command) :] = [words[word] for word in command]
        done[k, : len(acted) + 1] = [*(actions[one] for one in acted), END]
    return said, done


class Translators:
    """LSTM to LSTM side by side."""

    def __init__(self, n_nets: int, draw: torch.Generator) -> None:
        hidden = N_HIDDEN["commands"]
        self.reader = Lstm(n_nets, N_WORDS + 1, hidden, draw)
        self.actor = Lstm(n_nets, N_ACTIONS + 2, hidden, draw)
        self.answer = Linear(n_nets, hidden, N_ACTIONS + 1, draw)

    @property
    def weights(self) -> list[Tensor]:
        """What is learnt."""
        return [*self.reader.weights, *self.actor.weights, *self.answer.weights]

    def logits(self, said: Tensor, done: Tensor) -> Tensor:
        """[net, command, place, action or end], told at every place what came before.

        Where all are right, so is what it would say unaided: until the first mistake both are one.
        """
        state = self.reader.start(*said.shape[:2])
        for place in range(said.shape[2]):
            state = self.reader.step(_rows(self.reader.reads, said[..., place]), state)
        told = fn.pad(done[..., :-1], (1, 0), value=BEGIN).clamp_min(0)
        spoken = []
        for place in range(done.shape[2]):
            state = self.actor.step(_rows(self.actor.reads, told[..., place]), state)
            spoken.append(state[0])
        every = torch.stack(spoken, 2)
        return self.answer(every.flatten(1, 2)).unflatten(1, every.shape[1:3])

    def losses(self, said: Tensor, done: Tensor) -> Tensor:
        """Cross-entropy of each, [net]; actions are cut behind the longest that is learnt."""
        done = done[..., : LONGEST + 1]
        logs = fn.log_softmax(self.logits(said, done), -1)
        there = done != NOTHING
        cost = -logs.gather(-1, done.clamp_min(0)[..., None])[..., 0] * there
        return cost.sum((1, 2)) / there.sum((1, 2))

    @torch.no_grad()
    def right(self, said: Tensor, done: Tensor) -> np.ndarray:
        """float64[net]: share of commands of which every action and the end are right."""
        hit = (self.logits(said, done).argmax(-1) == done) | (done == NOTHING)
        return hit.all(-1).double().mean(-1).numpy()


def _rows(layer: Linear, at: Tensor) -> Tensor:
    """What a layer makes of one-hot inputs: int64[net, example] to [net, example, out]."""
    nets = torch.arange(len(at))[:, None]
    return layer.weight[nets, at] + layer.bias
