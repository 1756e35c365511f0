"""Laws that every pointing network keeps, whatever its weights."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch

from engines.pointer.answers.known import equivariance_difference, teaching_difference, untrained
from engines.pointer.decoding.beam import beam
from engines.pointer.decoding.greedy import decoded
from engines.pointer.decoding.variants import best, symmetry, variants
from engines.pointer.errors import OutputSizeError
from engines.pointer.networks.base import previous_from_targets
from engines.pointer.networks.recurrent import additive_scores
from engines.pointer.tasks import Hull, Tour, task_named

KINDS = ("set pointer", "Ptr-Net", "seq2seq")


@pytest.fixture(autouse=True)
def _one_thread():
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.mark.parametrize("kind", KINDS)
def test_taught_logits_are_those_of_step_by_step_decoding(kind):
    assert teaching_difference(kind) < 1e-5


def test_the_additive_score_has_the_gradients_that_autograd_finds():
    generator = torch.Generator().manual_seed(1)
    shapes = (2, 4, 3), (2, 5, 3), (3,)
    given = [
        torch.rand(s, generator=generator, dtype=torch.double, requires_grad=True) for s in shapes
    ]
    assert torch.autograd.gradcheck(additive_scores, given)
    keys, query, v = given
    plain = torch.tanh(keys.unsqueeze(1) + query.unsqueeze(2)) @ v
    torch.testing.assert_close(additive_scores(*given), plain)


def test_a_set_pointer_follows_any_renaming_of_the_points():
    assert equivariance_difference() < 1e-5


def test_an_lstm_does_not():
    net = untrained("Ptr-Net")
    features = torch.rand(1, 8, 2, generator=torch.Generator().manual_seed(0))
    previous = torch.tensor([[-1, 0, 1]])
    with torch.no_grad():
        plain, turned = net(features, previous[:, :1]), net(features.flip(1), previous[:, :1])
    assert (plain[..., :8].flip(-1) - turned[..., :8]).abs().max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("task", ["hull", "tour"])
def test_a_beam_of_one_is_greedy(kind, task):
    net, task = untrained(kind), task_named(task)
    for points in np.random.default_rng(0).random((4, 9, 2)):
        greedy = decoded(net, task, points[None])
        found = beam(net, task, points, width=1)
        n_steps = found.choices.shape[1]
        assert np.array_equal(greedy.choices[0, :n_steps], found.choices[0])
        assert found.log_probability[0] == pytest.approx(greedy.log_probability[0], abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_beams_score_is_the_sum_of_taught_log_probabilities(kind):
    net, points = untrained(kind), np.random.default_rng(1).random((7, 2))
    found = beam(net, Hull(), points, width=6, mask=False)
    assert (np.diff(found.log_probability) <= 1e-9).all()
    for choices, score in zip(found.choices, found.log_probability, strict=True):
        size = int(np.argmax(choices == 7)) + 1 if (choices == 7).any() else len(choices)
        targets = torch.from_numpy(choices[None, :size])
        with torch.no_grad():
            logits = net(
                torch.from_numpy(points[None]).float(), previous_from_targets(targets, n_points=7)
            )
        taught = logits.log_softmax(-1).gather(2, targets[..., None]).sum()
        assert float(taught) == pytest.approx(score, abs=1e-5)


def test_a_beam_as_wide_as_all_answers_finds_the_most_probable_one():
    # Five cities from a given start have 4! = 24 tours, so a beam of 64 leaves none out.
    net = untrained("set pointer")
    for points in np.random.default_rng(2).random((3, 5, 2)):
        found = beam(net, Tour(), points, width=64)
        assert found.log_probability[:24].size == 24
        every = torch.tensor([[0, *rest] for rest in permutations(range(1, 5))])
        features = torch.from_numpy(points).float().expand(24, 5, 2)
        with torch.no_grad():
            logits = net(features, previous_from_targets(every, n_points=5))[:, 1:, :5]
        left = torch.stack(
            [~torch.isin(torch.arange(5), t[:k]) for t in every for k in range(1, 5)]
        )
        logp = logits.masked_fill(~left.view(24, 4, 5), -torch.inf).log_softmax(-1)
        total = logp.gather(2, every[:, 1:, None]).sum((1, 2))
        assert found.choices[0].tolist() == every[total.argmax()].tolist()
        assert found.log_probability[0] == pytest.approx(float(total.max()), abs=1e-5)


def test_a_sequence_to_sequence_network_refuses_more_points_than_it_has_names_for():
    net = untrained("seq2seq", n_max=6)
    with pytest.raises(OutputSizeError, match="at most 6 points, got 9"):
        decoded(net, Hull(), np.random.default_rng(0).random((1, 9, 2)))


def test_the_eight_symmetries_keep_distances_and_differ():
    points = np.random.default_rng(3).random((5, 2))
    turned = [symmetry(points, k) for k in range(8)]
    between = np.linalg.norm(points[:, None] - points[None], axis=-1)
    for each in turned:
        assert np.allclose(np.linalg.norm(each[:, None] - each[None], axis=-1), between)
        assert (each >= 0).all()
        assert (each <= 1).all()
    assert len({each.round(9).tobytes() for each in turned}) == 8


def test_more_starts_and_symmetries_never_give_a_longer_tour():
    net, task = untrained("set pointer"), Tour()
    for points in np.random.default_rng(4).random((4, 8, 2)):
        plain = best(net, task, points, variants(task, points))
        many = best(net, task, points, variants(task, points, starts=True, symmetries=True))
        assert many.n_variants == 64
        costs = task.cost(np.stack([points] * 2), np.stack([many.answer, plain.answer]))
        assert costs[0] <= costs[1] + 1e-9


def test_samples_are_the_same_for_a_seed_and_differ_between_seeds():
    net, points = untrained("set pointer"), np.random.default_rng(5).random((12, 2))
    asked = variants(Tour(), points, samples=4)
    runs = [best(net, Tour(), points, asked, temperature=2.0, seed=s).answer for s in (1, 1, 2)]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])
