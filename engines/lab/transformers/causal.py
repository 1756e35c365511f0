"""A causal transformer of a few layers, plain enough to be stacked over seeds and arms.

Places to look at and to change, by the names of `engines.lab.interventions`: ``blocks.K.pattern``
is the attention [sequence, from, to, head], ``blocks.K.heads`` what each head adds before it is
written [sequence, place, number, head], ``blocks.K.stream`` what the layer leaves behind [sequence,
place, number]. Units are the last axis, so ``ablate blocks.1.heads:3`` silences one head.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engines.lab.transformers.kinds import FREE, PatternName
from engines.lab.transformers.patterns import patterns

_SMALL = 0.02
"""Scale of first embeddings."""
_NEVER = -1e4
"""A logit of what cannot be said; finite, so that a wrong certainty has a loss."""
NO_HEAD = -1
ALL, LAST = slice(None), slice(-1, None)


@dataclass(frozen=True)
class Build:
    """How a transformer is made; the defaults are those of a plain language model."""

    d_model: int = 64
    n_heads: int = 4
    n_layers: int = 2
    wide: bool = True
    """Whether two layers on each place follow the attention; else it is attention only."""
    n_fixed: int = 0
    """Tokens behind the learnt ones whose vectors are drawn once and never learnt."""
    n_said: int = 0
    """Tokens that can be said, the first of them; 0 for all that are learnt."""
    last: bool = False
    """Whether only the last place is asked: logits [sequence, token]."""
    start: float = _SMALL
    """Scale of first embeddings."""
    held: tuple[PatternName, ...] = ()
    """What heads can be held to while it learns, see `holding`."""
    bypassed: bool = False
    """Whether all but the last layer, and the copy, can be held as well."""


class Block(nn.Module):
    """Causal attention, then two layers on each place (Vaswani et al. 2017), normalised before."""

    held: Tensor

    def __init__(self, d_model: int, n_heads: int, *, wide: bool = True) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norm, self.wide_norm = nn.LayerNorm(d_model), nn.LayerNorm(d_model) if wide else None
        self.parts = nn.Linear(d_model, 3 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model)
        self.wide = nn.Linear(d_model, 4 * d_model) if wide else None
        self.narrow = nn.Linear(4 * d_model, d_model) if wide else None
        self.pattern, self.heads, self.stream = nn.Identity(), nn.Identity(), nn.Identity()

    def forward(self, x: Tensor, asked: slice = ALL, table: Tensor | None = None) -> Tensor:
        """x[sequence, place, d_model] to the same at the asked places.

        ``table`` are the patterns that heads can be held to, see `patterns`.
        """
        return self.onward(x, *self.attended(x, x, asked, table)[:2])

    def attended(
        self, x: Tensor, keyed: Tensor, asked: slice, table: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Attention [sequence, head, from, to], values, and scores before the softmax.

        Values are read from x, queries (of the asked places) and keys from ``keyed``.
        """
        query, key, value = self._split(self.norm(x))
        if keyed is not x:
            query, key, _ = self._split(self.norm(keyed))
        n = x.shape[-2]
        scores = query[..., asked, :] @ key.transpose(-1, -2) / key.shape[-1] ** 0.5
        later = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)[asked]
        weights = scores.masked_fill(later, -torch.inf).softmax(dim=-1)
        if table is not None:
            wanted = table[self.held][..., asked, :].movedim(0, -3)
            weights = torch.where((self.held == FREE)[:, None, None], weights, wanted)
        return weights, value, scores

    def onward(self, x: Tensor, weights: Tensor, value: Tensor) -> Tensor:
        """What the layer leaves behind at the asked places, x there, given where heads look."""
        weights = self.pattern(weights.movedim(-3, -1)).movedim(-1, -3)
        found = self.heads((weights @ value).movedim(-3, -1)).movedim(-1, -3)
        x = x[..., -weights.shape[-2] :, :] + self.out(found.transpose(-3, -2).flatten(-2))
        if self.wide is not None and self.narrow is not None and self.wide_norm is not None:
            x = x + self.narrow(self.wide(self.wide_norm(x)).relu())
        return self.stream(x)

    def _split(self, x: Tensor) -> tuple[Tensor, ...]:
        return tuple(
            part.unflatten(-1, (self.n_heads, -1)).transpose(-3, -2)
            for part in self.parts(x).chunk(3, dim=-1)
        )


class CausalTransformer(nn.Module):
    """Tokens in, logits of the next token out, at every place or at the last one."""

    told: Tensor
    copied: Tensor
    vectors: Tensor

    def __init__(self, n_tokens: int, n_places: int, build: Build = Build()) -> None:
        super().__init__()
        self.build, self.n_tokens = build, n_tokens
        self.token = nn.Embedding(n_tokens, build.d_model)
        self.place = nn.Parameter(_SMALL * torch.randn(n_places, build.d_model))
        self.blocks = nn.ModuleList(
            Block(build.d_model, build.n_heads, wide=build.wide) for _ in range(build.n_layers)
        )
        self.norm = nn.LayerNorm(build.d_model)
        self.next = nn.Linear(build.d_model, build.n_said or n_tokens, bias=False)
        nn.init.normal_(self.token.weight, std=build.start)
        if build.n_fixed:
            drawn = build.start * torch.randn(build.n_fixed, build.d_model)
            self.register_buffer("vectors", drawn)
        if build.held:
            for block in self.blocks:
                block.register_buffer("held", torch.full((build.n_heads,), FREE))
        if build.bypassed:
            self.register_buffer("told", torch.tensor(False))
            self.register_buffer("copied", torch.tensor(NO_HEAD))

    @property
    def layers(self) -> tuple[Block, ...]:
        """Its blocks, first to last."""
        return tuple(block for block in self.blocks if isinstance(block, Block))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits float[sequence, token, place] of int64[sequence, place]; cross-entropy's order.

        With ``last`` they are [sequence, token].
        """
        x = first = self.embedded(tokens)
        table = patterns(self.build.held, tokens) if self.build.held else None
        *before, top = self.layers
        for block in before:
            x = block(x, table=table)
        asked, keyed = LAST if self.build.last else ALL, x
        if self.build.bypassed:
            x, keyed = torch.where(self.told, first, x), torch.where(self.told, _shifted(first), x)
        weights, value, scores = top.attended(x, keyed, asked, table)
        logits = self.next(self.norm(top.onward(x, weights, value)))
        if self.build.bypassed:
            copies = self._copies(tokens, scores, asked)
            logits = torch.where(self.copied == NO_HEAD, logits, copies)
        return logits.squeeze(-2) if self.build.last else logits.transpose(-1, -2)

    def embedded(self, tokens: Tensor) -> Tensor:
        """What enters the first layer: [sequence, place, d_model]."""
        vectors = self.token.weight
        if self.build.n_fixed:
            vectors = torch.cat([vectors, self.vectors])
        return nn.functional.embedding(tokens, vectors) + self.place[: tokens.shape[-1]]

    def _copies(self, tokens: Tensor, scores: Tensor, asked: slice) -> Tensor:
        """Logits [sequence, asked, token] that a head's scores say at once: the token looked at.

        A perfect copy (Singh et al. 2024): no output is learnt any more, only where to look.
        """
        n = tokens.shape[-1]
        chosen = scores.index_select(-3, self.copied.clamp_min(0)[None]).squeeze(-3)
        before = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril(-1)[asked]
        said = torch.arange(self.next.out_features, device=tokens.device)
        there = (tokens[..., None, :, None] == said) & before[..., None]
        return torch.where(there, chosen[..., None], _NEVER).logsumexp(-2)


def _shifted(first: Tensor) -> Tensor:
    """Every place but the first and the last holds what stood before it."""
    return torch.cat([first[..., :1, :], first[..., :-2, :], first[..., -1:, :]], dim=-2)
