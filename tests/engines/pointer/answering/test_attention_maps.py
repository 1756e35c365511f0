"""What the encoder looks at, held against torch's own multi-head attention."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from engines.pointer.answering import answer
from engines.pointer.answering.attention_maps import MAPS_POINTS_MAX, encoder_maps, mosaic
from engines.pointer.model import Network, SolveSpec
from engines.pointer.networks.build import network
from engines.pointer.tasks import task_named

TASK = task_named("hull")


def small(**options):
    return network(Network(d_model=32, **options), d_features=2, n_max=12, seed=3)


def test_the_maps_are_those_of_torchs_attention():
    net, points = small(), np.random.default_rng(0).random((9, 2))
    maps, reason = encoder_maps(net, TASK, points)
    assert reason == ""
    assert maps.shape == (3, 8, 9, 9)
    np.testing.assert_allclose(maps.sum(axis=-1), 1.0, atol=1e-6)
    x = net.embed(2.0 * torch.from_numpy(points[None]).float() - 1.0)
    for layer, found in zip(net.encoder, maps, strict=True):
        own = layer.attention
        theirs = nn.MultiheadAttention(32, own.n_heads, batch_first=True)
        with torch.no_grad():
            theirs.in_proj_weight.copy_(torch.cat([own.query.weight, own.key_value.weight]))
            theirs.in_proj_bias.zero_()
            normed = layer.norm(x)
            _, weights = theirs(normed, normed, normed, average_attn_weights=False)
            x = layer(x)
        np.testing.assert_allclose(found, weights[0].numpy(), atol=1e-6)


def test_other_names_for_the_points_are_other_names_in_the_maps():
    rng = np.random.default_rng(1)
    net, points, order = small(), rng.random((7, 2)), rng.permutation(7)
    found, _ = encoder_maps(net, TASK, points)
    renamed, _ = encoder_maps(net, TASK, points[order])
    np.testing.assert_allclose(renamed, found[:, :, order][:, :, :, order], atol=1e-6)


def test_what_has_no_maps_says_why():
    points = np.random.default_rng(2).random((MAPS_POINTS_MAX + 1, 2))
    assert "at most 100 points, got 101" in encoder_maps(small(), TASK, points)[1]
    maps, reason = encoder_maps(small(kind="Ptr-Net"), TASK, points[:5])
    assert "only a set pointer's encoder attends" in reason
    assert maps.size == 0


def test_an_answer_has_maps_when_it_is_asked_for_them():
    plain, asked = (answer.answered(SolveSpec(n_points=6, maps=maps)) for maps in (False, True))
    assert plain.maps is None
    assert asked.maps is not None
    assert asked.maps.shape[2:] == (6, 6)
    titles = [picture.title for picture in asked.pictures()]
    assert "Encoder attention: a row per layer, a column per head" in titles
    tiles = mosaic(asked.maps)
    assert tiles[6 + 2, 3 * 6 + 4] == asked.maps[1, 3, 2, 4]
    many = answer.answered(SolveSpec(n_points=120, maps=True))
    assert any("at most 100 points" in notice for notice in many.notices)
