"""Known answers of drawn keys."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Torch's attention, keys gathered, bills by hand, counts."""
    return (
        KnownAnswer("what attention to all keys adds less torch's, largest",
                    "torch.nn.functional.scaled_dot_product_attention", 0.0, 1e-5, lambda: miss(0)),
        KnownAnswer("what attention to drawn keys adds less torch's, given these keys alone, "
                    "largest", "torch.nn.functional.scaled_dot_product_attention", 0.0, 1e-5,
                    lambda: miss(4)),
        KnownAnswer("FLOPs of attention for a picture: 16 keys, width 16, two heads", "by hand: "
                    "2 (4 x 16 x 16 x 16 + 2 x 16 x 16 x 16)", 49_152.0, 0.0, lambda: _flops(16)),
        KnownAnswer("the same with 4 keys", "by hand: 2 (2 x 16 x 16 x 16 + 2 x 4 x 16 x 16 + 2 x "
                    "16 x 4 x 16)", 24_576.0, 0.0, lambda: _flops(4)),
        KnownAnswer("how often a key is drawn, 4 of 16, less 1/4, largest of 16 keys in deviations "
                    "of a count", "closed form: each key in one draw of four", 0.0, 4.0,
                    often_miss),
        KnownAnswer("weights of attention dropped at a rate of 3/4: what is left over all there "
                    "was, mean, less 1, in deviations of it", "closed form: what stays is four "
                    "times as much", 0.0, 4.0, kept_miss),
    )  # fmt: skip


def _flops(n_keys: int) -> float:
    from engines.diagrams.keys.asked import KeysSpec
    from engines.diagrams.keys.costing import attention_flops

    return float(attention_flops(KeysSpec(), n_keys))


def _how(draws: int, drawn: slice, dropped: slice) -> Any:
    import torch

    from engines.diagrams.keys.networks import Pass

    return Pass(2, draws, drawn, dropped, torch.Generator().manual_seed(3))


def miss(n_drawn: int) -> float:
    """Of three networks and five pictures; keys are gathered, not hidden."""
    import torch
    from torch.nn.functional import layer_norm, scaled_dot_product_attention

    from engines.diagrams.keys.asked import N_KEYS
    from engines.diagrams.keys.networks import attended, drawn_keys, first_weights

    own = first_weights(16, 1, (1, 2, 3))
    z = torch.randn(3, 5, N_KEYS, 16, generator=torch.Generator().manual_seed(4))
    some, nobody = slice(0, 3 if n_drawn else 0), slice(0, 0)
    ours = attended(own, 0, z, _how(n_drawn, some, nobody))
    keys = drawn_keys((3, 5), _how(n_drawn or N_KEYS, some, nobody))
    off = 0.0
    for net in range(3):
        qkv = layer_norm(z[net], (16,)) @ own["qkv0"][net]
        for example in range(5):
            q, k, v = (
                one.unflatten(-1, (2, 8)).transpose(0, 1) for one in qkv[example].split(16, -1)
            )
            chosen = keys[net, example]
            said = scaled_dot_product_attention(q, k[:, chosen], v[:, chosen])
            theirs = said.transpose(0, 1).flatten(-2) @ own["o0"][net]
            off = max(off, float((theirs - ours[net, example]).abs().max()))
    return off


def often_miss() -> float:
    """Of ten thousand draws."""
    from engines.diagrams.keys.networks import drawn_keys

    n = 10_000
    found = drawn_keys((n,), _how(4, slice(0, 1), slice(0, 0))).double().mean(0)
    return float((found - 0.25).abs().max() / (0.25 * 0.75 / n) ** 0.5)


def kept_miss() -> float:
    """Of a block of equal weights between blocks that drop none."""
    import torch

    from engines.diagrams.keys.networks import _dropped

    weights = torch.full((3, 1, 1, 1, 100_000), 0.5)
    found = _dropped(weights, _how(4, slice(0, 0), slice(1, 2))).double() / 0.5
    assert bool((found[[0, 2]] == 1.0).all())
    # Of what is four times as much in one of four: a deviation of the square root of 3.
    return float((found[1].mean() - 1.0).abs() / (3.0 / found[1].numel()) ** 0.5)
