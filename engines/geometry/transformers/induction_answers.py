"""Known answers of induction heads: weights by hand, held patterns, torch's attention."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer

_N, _PLACES = 1_000, 5


def induction_answers() -> tuple[KnownAnswer, ...]:
    """What is known without learning."""
    import torch

    by_hand = "by construction: two heads that look back, match and copy"
    theirs = f"torch {torch.__version__}: scaled_dot_product_attention"
    return (
        KnownAnswer("share right of weights set by hand", by_hand, 1.0, 0.0, by_hand_right),
        KnownAnswer("the same with its first head led two places back",
                    "closed form: no label is told, so the first of five", 0.2, 0.04,
                    lambda: by_hand_right("attend blocks.0.pattern:0 to=two-back")),
        KnownAnswer("score of a head that is held on the place before", "definition", 1.0, 0.0,
                    lambda: held_score(0)),
        KnownAnswer("score of a head that is held on the match", "definition", 1.0, 0.0,
                    lambda: held_score(1)),
        KnownAnswer("largest difference of what heads give", theirs, 0.0, 1e-6, from_torch),
        KnownAnswer("change of a loss by a head patched from itself", "definition", 0.0, 0.0,
                    patched_from_itself),
    )  # fmt: skip


def by_hand_right(text: str = "") -> float:
    """Share of right answers of `induction_by_hand`, with interventions."""
    import torch

    from engines.lab.data.pairs import Pairs
    from engines.lab.interventions.activations import outputs
    from engines.lab.interventions.text import parsed
    from engines.lab.training import stack_of
    from engines.lab.transformers.by_hand import induction_by_hand

    pairs = Pairs(5, 12)
    tokens, label = pairs.sequences(np.random.Generator(np.random.Philox(3)), _N)
    heads = stack_of([induction_by_hand(5, 12, pairs.n_places)])
    said = outputs(heads, torch.from_numpy(tokens), parsed(text))[0].argmax(-1)
    return float((said.numpy() == label).mean())


def held_score(layer: int) -> float:
    """The score of a head of networks as they begin, held on what its layer is scored for."""
    from engines.geometry.transformers.induction_arms import (
        Looking,
        head_scores,
        part,
        training_of,
    )
    from engines.geometry.transformers.induction_spec import InductionSpec
    from engines.lab.interventions.activations import said
    from engines.lab.transformers.holding import hold

    spec = InductionSpec(n_seeds=3, run=("previous token", "three parts")[layer])  # type: ignore[arg-type]
    training = training_of(spec)
    looking = Looking(spec, training, training.batches)  # type: ignore[arg-type]
    hold(training.stack, [0], layer, [2], ("previous", "match")[layer])  # type: ignore[arg-type]
    one, x = part(training.stack, 0), looking.x[:1]
    _, seen = said(one, x, ["blocks.0.pattern", "blocks.1.pattern"], own=True)
    first, last = seen.values()
    return float(head_scores(first, last, x)[0, layer, 2])


def from_torch() -> float:
    """What heads of a layer with random weights give, beside torch with the same parts."""
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    from engines.lab.transformers.causal import Build, CausalTransformer

    kept = {}
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(4)
        block = CausalTransformer(20, _PLACES, Build(d_model=32)).layers[0]
        x = torch.randn(50, _PLACES, 32)
        handle = block.heads.register_forward_hook(lambda _m, _a, out: kept.update(heads=out))
        block(x)
        handle.remove()
        query, key, value = (
            part.reshape(50, _PLACES, 4, 8).transpose(1, 2)
            for part in block.parts(block.norm(x)).chunk(3, -1)
        )
        theirs = scaled_dot_product_attention(query, key, value, is_causal=True)
    return float((kept["heads"].permute(0, 3, 1, 2) - theirs).abs().max())


def patched_from_itself() -> float:
    """Largest change of any logit when a head says what it says anyway."""
    from engines.geometry.transformers.induction_arms import Looking, part, training_of
    from engines.geometry.transformers.induction_spec import InductionSpec
    from engines.lab.interventions.activations import outputs
    from engines.lab.interventions.runs import Others, Run
    from engines.lab.interventions.text import parsed

    training = training_of(InductionSpec(n_seeds=3, n_steps=20))
    looking = Looking(InductionSpec(n_seeds=3), training, training.batches)  # type: ignore[arg-type]
    training.advance(10)
    one, x = part(training.stack, 0), looking.x[0]
    others = Others({"itself": Run(one)})
    patched = outputs(one, x, parsed("patch blocks.0.heads:1 source=itself"), others)
    return float((patched - outputs(one, x, ())).abs().max())
