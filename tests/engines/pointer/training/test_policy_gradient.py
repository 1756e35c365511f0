"""Learning from tours of its own, against sums over every tour there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from engines.pointer.kernels.tours import lengths as kernel_lengths
from engines.pointer.networks.base import previous_from_targets
from engines.pointer.networks.set_pointer import SetPointer
from engines.pointer.training.policy_gradient import (
    Answers,
    drawn,
    lengths,
    log_probabilities,
    loss_of,
    taught,
)


@pytest.fixture(scope="module")
def net() -> SetPointer:
    torch.manual_seed(0)
    return SetPointer(d_model=16, n_encoder=1, n_decoder=2).double()


@pytest.fixture(scope="module")
def points() -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(3).random((2, 5, 2)))


def every_tour(n: int) -> torch.Tensor:
    """All orders that begin at city 0: int64[tour, step]."""
    return torch.tensor([(0, *rest) for rest in itertools.permutations(range(1, n))])


def gradient(value: torch.Tensor, net: SetPointer) -> torch.Tensor:
    """Of all parameters that the value depends on, as one vector."""
    found = torch.autograd.grad(value, list(net.parameters()), allow_unused=True)
    return torch.cat([g.flatten() for g in found if g is not None])


def test_probabilities_of_all_tours_from_a_city_sum_to_one(net, points):
    tours = every_tour(5).expand(2, -1, -1)
    total = log_probabilities(net, points, tours).exp().sum(1)
    assert torch.allclose(total, torch.ones_like(total), atol=1e-12)


def test_many_answers_at_once_are_taught_as_each_alone(net, points):
    tours = every_tour(5)[::5].expand(2, -1, -1)
    memory = net.encode(points)
    together = taught(net, memory, tours)
    for k in range(tours.shape[1]):
        alone = net.teach(memory, previous_from_targets(tours[:, k], n_points=5))
        assert torch.allclose(together[:, k], alone, atol=1e-12)


def test_lengths_are_those_of_the_kernel(points):
    tours = every_tour(5)[:7]
    ours = lengths(points, tours.expand(2, -1, -1))
    for b in range(2):
        there = np.repeat(points[b : b + 1].numpy(), 7, axis=0)
        assert ours[b].numpy() == pytest.approx(kernel_lengths(there, tours.numpy()), rel=1e-6)


def test_draws_are_tours_from_the_cities_asked_for_and_as_probable_as_the_network_says(net):
    # Chi square over the 6 tours of 4 cities; 20.5 is its 99.9 % point with 5 degrees of freedom.
    here = torch.from_numpy(np.random.default_rng(4).random((1, 4, 2)))
    torch.manual_seed(1)
    found = drawn(net, here, torch.zeros(1, 6000, dtype=torch.int64)).choices[0]
    tours = every_tour(4)
    seen = (found[:, None] == tours[None]).all(-1).sum(0).double()
    expected = 6000 * log_probabilities(net, here, tours[None]).exp()[0].detach()
    assert seen.sum() == 6000
    assert float(((seen - expected) ** 2 / expected).sum()) < 20.5


def test_tours_may_begin_anywhere(net, points):
    begins = torch.tensor([[4, 1, 3], [2, 0, 0]])
    choices = drawn(net, points, begins).choices
    assert torch.equal(choices[:, :, 0], begins)
    assert torch.equal(choices.sort(-1).values, torch.arange(5).expand(2, 3, 5))


def test_the_estimate_has_the_gradient_of_the_mean_length(net, points):
    # Exact: every pair of answers, weighted by its probability, against the sum over all tours.
    here, tours = points[:1, :4], every_tour(4)
    logp = log_probabilities(net, here, tours[None])[0]
    long = lengths(here, tours[None])[0].double()
    exact = gradient((logp.exp() * long).sum(), net)
    weights = logp.exp().detach()
    mean = torch.zeros_like(exact)
    for a, b in itertools.product(range(len(tours)), repeat=2):
        pair = tours[[a, b]][None]
        loss = loss_of(net, here, Answers(pair, lengths(here, pair)))
        mean += weights[a] * weights[b] * gradient(loss, net)
    assert torch.allclose(mean, exact, atol=1e-8)


def test_a_network_learns_shorter_tours_from_its_own():
    torch.manual_seed(0)
    net = SetPointer(d_model=32, n_encoder=2, n_decoder=1)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    told = []
    for _ in range(40):
        points = torch.rand(32, 6, 2)
        found = drawn(net, points, torch.arange(6).expand(32, 6))
        optimizer.zero_grad()
        loss_of(net, points, found).backward()
        optimizer.step()
        told.append(float(found.lengths.mean()))
    assert np.mean(told[-10:]) < np.mean(told[:10]) - 0.1
