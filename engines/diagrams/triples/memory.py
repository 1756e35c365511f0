"""A state that symbols read and write: one embedding a symbol, for both.

Tresp et al. 2023, The tensor brain, Neural Computation 35 (arXiv 2109.13392): a symbol is drawn by
how well its embedding fits the state, and adds its embedding to it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.diagrams.triples.asked import N_ENTITIES, N_PREDICATES, N_UNITS

_SHAPES = {
    "entities": (N_ENTITIES, N_UNITS), "predicates": (N_PREDICATES, N_UNITS),
    "subject_bias": (N_ENTITIES,), "predicate_bias": (N_PREDICATES,), "object_bias": (N_ENTITIES,),
    "start": (N_UNITS,), "to_predicate": (N_UNITS, N_UNITS), "to_object": (N_UNITS, N_UNITS),
}  # fmt: skip
EMBEDDINGS = ("entities", "predicates")


class Memory:
    """Networks side by side; weights are [net, ...] by name."""

    def __init__(
        self, n_nets: int, draw: torch.Generator, dtype: torch.dtype = torch.float32
    ) -> None:
        self.weights = {
            name: torch.zeros(n_nets, *shape, dtype=dtype)
            if name.endswith("bias")
            else torch.randn(n_nets, *shape, generator=draw, dtype=dtype) * N_UNITS**-0.5
            for name, shape in _SHAPES.items()
        }

    def logits_subject(self) -> Tensor:
        """[net, subject]."""
        w = self.weights
        state = torch.sigmoid(w["start"])
        return torch.einsum("neu,nu->ne", w["entities"], state) + w["subject_bias"]

    def after_subject(self, written: Tensor) -> Tensor:
        """The state once a subject's embedding [net, case, unit] is written: [net, case, unit]."""
        w = self.weights
        return torch.sigmoid(w["start"][:, None] + written) @ w["to_predicate"]

    def logits_predicate(self, state: Tensor) -> Tensor:
        """[net, case, predicate]."""
        w = self.weights
        return torch.sigmoid(state) @ w["predicates"].mT + w["predicate_bias"][:, None]

    def after_predicate(self, state: Tensor, written: Tensor) -> Tensor:
        """The state once a predicate's embedding is written: [net, case, unit]."""
        return torch.sigmoid(state + written) @ self.weights["to_object"]

    def logits_object(self, state: Tensor) -> Tensor:
        """[net, case, object]."""
        w = self.weights
        return torch.sigmoid(state) @ w["entities"].mT + w["object_bias"][:, None]

    def table(self) -> Tensor:
        """Log chance of every triple, [net, subject, predicate, object]."""
        w = self.weights
        subject = self.logits_subject().log_softmax(-1)
        state = self.after_subject(w["entities"])
        predicate = self.logits_predicate(state).log_softmax(-1)
        cases = state[:, :, None].expand(-1, -1, N_PREDICATES, -1).flatten(1, 2)
        written = w["predicates"][:, None].expand(-1, N_ENTITIES, -1, -1).flatten(1, 2)
        concerns = self.logits_object(self.after_predicate(cases, written)).log_softmax(-1)
        concerns = concerns.unflatten(1, (N_ENTITIES, N_PREDICATES))
        return subject[..., None, None] + predicate[..., None] + concerns

    @torch.no_grad()
    def draw(self, n: int, draw: torch.Generator) -> Tensor:
        """int64[net, draw, 3]: symbol by symbol, each written before the next is drawn."""
        w = self.weights
        nets = torch.arange(len(w["start"]))[:, None]
        subject = torch.multinomial(self.logits_subject().softmax(-1), n, True, generator=draw)
        state = self.after_subject(w["entities"][nets, subject])
        predicate = _one_each(self.logits_predicate(state), draw)
        state = self.after_predicate(state, w["predicates"][nets, predicate])
        concerns = _one_each(self.logits_object(state), draw)
        return torch.stack([subject, predicate, concerns], -1)


def _one_each(logits: Tensor, draw: torch.Generator) -> Tensor:
    """int64[net, case]: one symbol for every case."""
    flat = torch.multinomial(logits.softmax(-1).flatten(0, 1), 1, generator=draw)
    return flat.view(logits.shape[:2])


def shares(drawn: Tensor) -> Tensor:
    """float64[net, subject, predicate, object]: how often each triple was drawn."""
    code = (drawn[..., 0] * N_PREDICATES + drawn[..., 1]) * N_ENTITIES + drawn[..., 2]
    n_cells = N_ENTITIES * N_PREDICATES * N_ENTITIES
    found = torch.stack([torch.bincount(one, minlength=n_cells) for one in code]).double()
    return found.view(-1, N_ENTITIES, N_PREDICATES, N_ENTITIES) / drawn.shape[1]
