"""Known answers of small language models: torch's own layers, and counts of what is told."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer

_SEED = 14


def reversal_answers() -> tuple[KnownAnswer, ...]:
    """The model against torch's layers, tellings against their counts."""
    return (
        KnownAnswer(
            "causal transformer, largest difference of a logit",
            "torch.nn.TransformerEncoderLayer with the same weights and a causal mask",
            0.0, 1e-5, from_torchs_layers,
        ),
        KnownAnswer(
            "share of permuted sentences that are told backwards, units",
            "closed form: one of 3! orders", 1 / 6, 0.01, lambda: told_backwards("units permuted"),
        ),
        KnownAnswer(
            "share of shuffled sentences that are told backwards, tokens",
            "closed form: one of 5! orders", 1 / 120, 0.003,
            lambda: told_backwards("tokens shuffled"),
        ),
    )  # fmt: skip


def from_torchs_layers() -> float:
    """Logits of a model with random weights, beside torch's encoder layers with the same."""
    import torch
    from torch import nn

    from engines.lab.transformers.causal import Build, CausalTransformer

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(_SEED)
        model = CausalTransformer(20, 7, Build(d_model=32)).eval()
        tokens = torch.randint(20, (5, 7))
        x = model.token(tokens) + model.place
        mask = nn.Transformer.generate_square_subsequent_mask(7)
        for block in model.layers:
            layer = nn.TransformerEncoderLayer(32, 4, 128, 0.0, norm_first=True, batch_first=True)
            layer.self_attn.in_proj_weight.copy_(block.parts.weight)  # type: ignore[union-attr]
            layer.self_attn.in_proj_bias.zero_()
            pairs = (
                (layer.self_attn.out_proj, block.out), (layer.norm1, block.norm),
                (layer.norm2, block.wide_norm), (layer.linear1, block.wide),
                (layer.linear2, block.narrow),
            )  # fmt: skip
            for theirs, ours in pairs:
                theirs.load_state_dict(ours.state_dict())  # type: ignore[union-attr]
            x = layer.eval()(x, src_mask=mask)
        theirs_said = model.next(model.norm(x)).transpose(1, 2)
        return float((theirs_said - model(tokens)).abs().max())


def told_backwards(telling: str) -> float:
    """Share of sentences that come as B, is, A, of 60,000."""
    from engines.pointer.language.facts import drawn_facts, told

    rng = np.random.Generator(np.random.Philox(_SEED))
    facts = drawn_facts(rng, 60, 12)
    asked = ~facts.control
    found = [
        (told(facts, telling, rng) == facts.reversed).all(axis=1)[asked]  # type: ignore[arg-type]
        for _ in range(2_000)
    ]
    return float(np.mean(found))


def creativity_answers() -> tuple[KnownAnswer, ...]:
    """Walks over what was seen, jumps anywhere, and a correlation."""
    return (
        KnownAnswer(
            "novelty of walks without a jump",
            "by construction: they take seen edges alone", 0.0, 0.0, lambda: walks(0.0)[0],
        ),
        KnownAnswer(
            "utility of walks without a jump",
            "by construction: asked for a relation they have", 1.0, 0.0, lambda: walks(0.0)[1],
        ),
        KnownAnswer(
            "share of jumps anywhere that hit an edge kept from training, over what is expected",
            "closed form: edges kept over pairs not seen", 1.0, 0.1, hits,
        ),
    )  # fmt: skip


def walks(jump: float) -> tuple[float, float]:
    """Mean novelty and utility of 2,000 walks."""
    from engines.pointer.language.concepts import drawn_concepts, judged, walked

    rng = np.random.Generator(np.random.Philox(_SEED))
    concepts = drawn_concepts(rng, 200)
    found = judged(concepts, *walked(concepts, 2_000, jump, rng))
    return float(found.novelty.mean()), float(found.utility.mean())


def hits() -> float:
    """Of 160,000 jumps, those to an unseen edge over those to any unseen pair, as expected."""
    from engines.pointer.language.concepts import drawn_concepts, judged, walked

    rng = np.random.Generator(np.random.Philox(_SEED))
    concepts = drawn_concepts(rng, 200)
    found = judged(concepts, *walked(concepts, 40_000, 1.0, rng))
    kept = ((concepts.relation >= 0) & ~concepts.seen).sum()
    pairs = 200 * 199 - concepts.seen.sum()
    return found.n_found / found.n_novel / (kept / pairs)
