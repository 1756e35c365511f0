"""Latents that are chosen by their part in the loss, and the loss with a code in place."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.geometry.dictionaries.by_loss import extra, gradients, surprise, to_choose_by
from engines.geometry.dictionaries.learning import (
    held_by,
    model_of,
    started,
    texts_of,
    windows_of,
)
from engines.geometry.dictionaries.measuring import Seen, scale_of
from engines.geometry.dictionaries.sparse import Code, Sparse
from engines.geometry.dictionaries.spec import FIRST, TRANSCODER, WIDTH, DictionarySpec
from engines.lab.transformers.paths import levels

TINY = DictionarySpec(n_seeds=3, n_learnt=3, n_steps=3, n_latents=16, by_loss=1.0)


def drawn(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_without_a_gradient_or_a_weight_it_is_the_largest_few():
    """The choice of Olmo et al. 2024 with beta 0 is that of Gao et al. 2024."""
    x, gradient = drawn(50, 8), drawn(50, 8, 1)
    plain, weighed = Sparse(8, Code(20, 3)), Sparse(8, Code(20, 3, weight=2.0))
    weighed.load_state_dict(plain.state_dict())
    with torch.no_grad():
        assert torch.equal(plain.amounts(x, gradient), plain.amounts(x))
        assert torch.equal(weighed.amounts(x), plain.amounts(x))
        assert not torch.equal(weighed.amounts(x, gradient), plain.amounts(x))


def test_chosen_are_the_largest_of_amount_and_part_in_the_loss():
    code, x, gradient = Sparse(8, Code(20, 3, weight=2.0)), drawn(30, 8), drawn(30, 8, 1)
    with torch.no_grad():
        found_ = (x @ code.read.T + code.bias).relu().numpy()
        kept = code.amounts(x, gradient).numpy() > 0
        write = code.directions().numpy()
    for row, amounts in enumerate(found_):
        part = [a * (1 + 2 * abs(float(np.dot(w, gradient[row].numpy()))))
                for a, w in zip(amounts, write, strict=True)]  # fmt: skip
        best = {k for k in np.argsort(part)[-3:] if amounts[k] > 0}
        assert set(np.flatnonzero(kept[row])) == best


def test_noise_has_the_lengths_of_dealt_gradients_and_no_direction():
    """Gradients along one number stay along it when they are dealt; noise says nothing of it."""
    one_way = torch.zeros(4_000, 8)
    one_way[:, 2] = drawn(4_000, 1)[:, 0]
    own, dealt, noise = to_choose_by(TINY.replace(n_seeds=3), [one_way] * 3).chunk(3)
    assert torch.equal(own[1], one_way)
    assert not dealt[..., [0, 1, *range(3, 8)]].any()
    for net in range(3):
        assert not torch.equal(dealt[net], one_way)
        assert torch.equal(dealt[net].sort(0).values, one_way.sort(0).values)
        torch.testing.assert_close(noise[net].norm(dim=-1), dealt[net].norm(dim=-1))
        share = noise[net].square().sum(0) / noise[net].square().sum()
        np.testing.assert_allclose(share, 1 / 8, atol=0.02)
    assert not torch.equal(noise[0], noise[1])


def test_a_gradient_foretells_a_small_change_of_the_loss():
    """Central difference along a direction of one word, as torch knows it."""
    model, token = model_of(started(TINY), 0).double(), windows_of(6, 3).token
    tokens, held = torch.from_numpy(token), levels(model, torch.from_numpy(token))[1]
    found_ = gradients(TINY, model, token).reshape(held.shape)
    assert float(found_.square().mean()) == pytest.approx(1.0)
    assert not found_[:, -1].any()  # nothing is foretold from the last word
    rises = []
    for word in (2, 9):
        for number in (0, 7):
            step = torch.zeros_like(held)
            step[3, word, number] = 1e-4
            with torch.no_grad():
                up, down = (float(surprise(model, 1, held + s * step, tokens)) for s in (1, -1))
            rises.append((up - down) / float(found_[3, word, number]))
    np.testing.assert_allclose(rises, rises[0], rtol=1e-4)  # one scale for all


def test_a_code_that_makes_what_was_held_raises_no_loss():
    """Numbers and their opposites are read and written back: nothing changes."""
    stack, texts = started(TINY), texts_of(TINY)
    x = held_by(TINY, model_of(stack, 0), texts.fit)[0].flatten(0, 1)
    seen = Seen((x, x), (x, x), scale_of(x, x))
    code = Sparse(WIDTH, Code(2 * WIDTH, WIDTH))
    with torch.no_grad():
        both = torch.cat([torch.eye(WIDTH), -torch.eye(WIDTH)])
        code.read.copy_(both)
        code.write.copy_(both)
    for reads in (FIRST, TRANSCODER):
        spec = TINY.replace(reads=reads)
        read, wanted = (v.flatten(0, 1) for v in held_by(spec, model_of(stack, 0), texts.fit))
        rise = extra(spec, model_of(stack, 0), texts.held.token, code,
                     Seen((read, wanted), (read, wanted), scale_of(read, wanted)))  # fmt: skip
        assert (rise == pytest.approx(0.0, abs=1e-5)) == (reads == FIRST)
    assert extra(TINY, model_of(stack, 0), texts.held.token, code, seen) == pytest.approx(
        0.0, abs=1e-5
    )


def test_the_loss_is_that_of_the_network():
    model, tokens = model_of(started(TINY), 0), torch.from_numpy(windows_of(6, 3).token)
    with torch.no_grad():
        said = torch.nn.functional.cross_entropy(model(tokens[:, :-1]), tokens[:, 1:])
        for level in range(3):
            found = surprise(model, level, levels(model, tokens)[level], tokens)
            assert float(found) == pytest.approx(float(said), abs=1e-5)
