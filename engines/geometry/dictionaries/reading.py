"""A small transformer read and steered in plain numpy, fast enough to follow a slider.

The arithmetic of `engines.lab.transformers.causal`, for one network of one run and few words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Weights = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Reader:
    """The weights of one network by their names in torch, and how many layers and heads it has."""

    weights: Weights
    n_layers: int
    n_heads: int

    def levels(self, token: np.ndarray) -> np.ndarray:
        """What every word holds: float[level, ..., number] of int[..., word]; k after layer k."""
        n = token.shape[-1]
        held = [self.weights["token.weight"][token] + self.weights["place"][:n]]
        for layer in range(self.n_layers):
            held.append(self._after(layer, held[-1]))
        return np.array(held)

    def chances(self, level: int, held: np.ndarray) -> np.ndarray:
        """Chances of the next word, float[..., token], when a level holds [..., word, number]."""
        for layer in range(level, self.n_layers):
            held = self._after(layer, held)
        logits = self._norm("norm", held[..., -1, :]) @ self.weights["next.weight"].T
        logits = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return logits / logits.sum(axis=-1, keepdims=True)

    def steered(self, level: int, held: np.ndarray, added: np.ndarray) -> np.ndarray:
        """The same with numbers added to the last word: float[way, token] of [way, number]."""
        many = np.repeat(held[None], len(added), axis=0)
        many[:, -1] += added
        return self.chances(level, many)

    def _after(self, layer: int, x: np.ndarray) -> np.ndarray:
        name = f"blocks.{layer}"
        query, key, value = np.split(
            self._norm(f"{name}.norm", x) @ self.weights[f"{name}.parts.weight"].T, 3, axis=-1
        )
        n, size = x.shape[-2], x.shape[-1] // self.n_heads
        later = np.triu(np.full((n, n), -np.inf), 1)
        found = np.empty_like(x)
        for head in range(self.n_heads):
            part = slice(head * size, (head + 1) * size)
            scores = query[..., part] @ key[..., part].swapaxes(-1, -2) / size**0.5 + later
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            found[..., part] = scores / scores.sum(axis=-1, keepdims=True) @ value[..., part]
        x = x + self._linear(f"{name}.out", found)
        wide = self._linear(f"{name}.wide", self._norm(f"{name}.wide_norm", x))
        return x + self._linear(f"{name}.narrow", np.maximum(wide, 0.0))

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, name: str, x: np.ndarray) -> np.ndarray:
        about = x - x.mean(axis=-1, keepdims=True)
        size = np.sqrt(np.square(about).mean(axis=-1, keepdims=True) + 1e-5)
        return about / size * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
