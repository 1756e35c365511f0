"""Known answers of dictionaries: planted ones, a linear map, and a network read twice."""

from __future__ import annotations

from engines.contract import KnownAnswer


def dictionary_answers() -> tuple[KnownAnswer, ...]:
    """What is known by construction, and what is planted."""
    written = "by construction"
    return (
        KnownAnswer("mean largest cosine with 64 planted directions, 3 active, 32 numbers",
                    "planted; floor .95 of our own", 1.0, 0.05, _recovered,
                    full=True),
        KnownAnswer("variance a transcoder by hand leaves of a linear map", written, 0.0, 1e-10,
                    linear_map),
        KnownAnswer("chances in numpy less torch's, largest", "torch", 0.0, 1e-6, read_twice),
        KnownAnswer("way that the difference of two contexts makes from one to the other",
                    written, 1.0, 1e-4, way_itself),
        KnownAnswer("R² of a line to the error of principal components", "closed form: they err "
                    "along a line", 1.0, 1e-3, line_to_components),
        KnownAnswer("amounts at one word of the code with 4 active", "definition", 4.0, 0.0,
                    four_active),
    )  # fmt: skip


def _recovered() -> float:
    from engines.geometry.dictionaries.planted import recovered

    return recovered()


def linear_map() -> float:
    """Latents that read every number and its opposite say any linear map without error."""
    import torch

    from engines.geometry.dictionaries.sparse import Code, Sparse, unexplained

    draw = torch.Generator().manual_seed(0)
    x, mixed = torch.randn(200, 8, generator=draw), torch.randn(8, 8, generator=draw)
    mixed /= mixed.norm(dim=1, keepdim=True)  # directions have length 1
    code = Sparse(8, Code(n_latents=16, n_active=8))
    with torch.no_grad():
        code.read.copy_(torch.cat([torch.eye(8), -torch.eye(8)]))
        code.write.copy_(torch.cat([mixed, -mixed]))
        return unexplained(code.made(x), x @ mixed)


def read_twice() -> float:
    """Largest difference of a chance of the next word, over levels and windows."""
    import torch

    from engines.geometry.dictionaries.learning import (
        model_of,
        reader_of,
        started,
        windows_of,
    )
    from engines.geometry.dictionaries.spec import DictionarySpec
    from engines.lab.transformers.paths import levels, onward

    stack, token = started(DictionarySpec()), windows_of(20, 7).token
    model, reader = model_of(stack, 0), reader_of(stack, 0)
    tokens = torch.from_numpy(token)
    theirs, ours = levels(model, tokens), reader.levels(token)
    worst = 0.0
    for level in range(3):
        wanted = onward(model, level, theirs[level], tokens).softmax(-1)
        said = torch.from_numpy(reader.chances(level, ours[level]))
        worst = max(worst, float((said - wanted).abs().max()))
    return worst


def way_itself() -> float:
    """One word each, so that adding the difference makes the one context the other."""
    import numpy as np

    from engines.geometry.dictionaries.learning import reader_of, started
    from engines.geometry.dictionaries.spec import DictionarySpec
    from engines.geometry.dictionaries.steering import MEANS, reached

    reader = reader_of(started(DictionarySpec()), 0)
    held = reader.levels(np.array([[3], [40], [40]]))[1]
    is_it = np.array([True, False, False])
    return float(reached(reader, 1, held, is_it, np.empty((0, held.shape[-1])))[MEANS])


def line_to_components() -> float:
    """What principal components leave out is a linear function of what they were given."""
    import torch

    from engines.geometry.dictionaries.factors import components, explained

    draw = torch.Generator().manual_seed(1)
    x = torch.randn(400, 6, generator=draw) * torch.arange(1.0, 7.0)
    kept = components(x)[0][:3].float()
    return explained(x, x - x @ kept.T @ kept)


def four_active() -> float:
    """Latents that speak at a row of random numbers, the mean over rows."""
    import torch

    from engines.geometry.dictionaries.sparse import Code, Sparse

    x = torch.randn(300, 32, generator=torch.Generator().manual_seed(2))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        return float((Sparse(32, Code(64, 4)).amounts(x) > 0).sum(1).double().mean())
