"""Phrases in spikes: counted by definition, trains in closed form, nets that spike and learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.phrases import phrase_answers
from engines.connectome.experiments.learning.phrases import (
    ARMS,
    CHANCE,
    COUNTS,
    DEALT,
    EXPERIMENT,
    PAIRS,
    PHRASES,
    SPREAD,
    TIMES,
    WEIGHTS,
    PhrasesSpec,
)
from engines.connectome.learning import complexity, spiking

FEW = {"n_networks": 3, "n_training": 20, "n_steps": 20}


@pytest.mark.parametrize("answer", phrase_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None, max_examples=60)
@given(st.text("01", min_size=1, max_size=40))
def test_a_phrase_is_the_shortest_that_was_not_there_before(said):
    found, begin = 0, 0
    while begin < len(said):
        end = begin + 1
        while end <= len(said) and said[begin:end] in said[: end - 1]:
            end += 1
        begin, found = end, found + 1
    train = np.array([one == "1" for one in said])
    assert complexity.phrases(train) == found
    assert complexity.phrases(~train) == found


def test_every_train_is_counted_by_itself():
    spikes = np.random.default_rng(0).random((4, 25, 3)) < 0.3
    every = complexity.complexities(spikes)
    assert every.shape == (4, 3)
    assert every[2, 1] == complexity.phrases(np.ascontiguousarray(spikes[2, :, 1]))


def test_both_classes_spike_as_often_and_one_in_bursts():
    spikes, bursts = complexity.trains(np.random.default_rng(0), 600, 50, 10, 0.5)
    for kind in (True, False):
        assert spikes[bursts == kind].mean() == pytest.approx(complexity.RATE, abs=0.005)
        one = spikes[bursts == kind]
        after = one[:, 1:][one[:, :-1]].mean()
        assert after == pytest.approx(0.5 if kind else complexity.RATE, abs=0.01)
    assert complexity.RATE == CHANCE


def test_dealing_keeps_counts_and_takes_bursts():
    rng = np.random.default_rng(0)
    spikes, bursts = complexity.trains(rng, 200, 50, 10, 0.6)
    dealt = complexity.dealt(rng, spikes)
    np.testing.assert_array_equal(dealt.sum(axis=1), spikes.sum(axis=1))
    one = dealt[bursts]
    assert one[:, 1:][one[:, :-1]].mean() < 0.25


def test_bursts_spread_counts_and_stand_in_pairs():
    spikes, bursts = complexity.trains(np.random.default_rng(1), 800, 40, 10, 0.5)
    by_hand = [sum((train.sum() - 8) ** 2 for train in one.T) for one in spikes[:5]]
    spread = complexity.spread(spikes)[:, 0]
    np.testing.assert_allclose(spread[:5], by_hand)
    # Autocorrelation .375: variance times about 1.375 / .625, less at the ends.
    assert 1.9 < spread[bursts].mean() / spread[~bursts].mean() < 2.3
    pairs = complexity.pairs(spikes)
    assert pairs[bursts].mean() == pytest.approx(39 * 0.2 * 0.5, rel=0.05)
    assert pairs[~bursts].mean() == pytest.approx(39 * 0.2 * 0.2, rel=0.05)


def test_an_exam_in_parts_is_the_exam_at_once(monkeypatch):
    rng = np.random.default_rng(0)
    spikes, bursts = rng.random((2, 90, 15, 4)) < 0.3, rng.random((2, 90)) < 0.5
    made = spiking.Examples(spikes, bursts, 40)
    ends = []
    for part in (1, 2_000_000):
        monkeypatch.setattr(spiking, "_PART", part)
        every = list(spiking.learn(made, 5, 4.0, 4, 2, 0))
        looks = [one for one in every if np.isfinite(one.right).all()]
        assert [one.step for one in looks] == [2, 4]
        assert len(every) == 4 + 2 * (4 if part == 1 else 1)
        ends.append(looks[-1].right)
    np.testing.assert_array_equal(*ends)
    heard = torch.from_numpy(np.tile(spikes[:, 40:], (2, 1, 1, 1))).float()
    with torch.no_grad():
        layer = every[-1].layer
        says = torch.baddbmm(layer.parts[2], layer.spikes(heard).mean(dim=2), layer.parts[1])
    right = says.argmax(dim=2).numpy().reshape(2, 2, 50) == bursts[:, 40:]
    np.testing.assert_allclose(ends[0], right.mean(axis=2))


def test_a_run_too_large_is_refused_and_a_frame_comes_before_all_is_read():
    with pytest.raises(ValueError, match="take fewer of one of them"):
        PhrasesSpec(n_networks=20, n_steps=300, n_channels=60)
    begun = EXPERIMENT.frames(PhrasesSpec(**FEW))
    every = [next(begun) for _ in range(3 * 13)]
    assert not any(one.pictures() for one in every)
    dealt = list(EXPERIMENT.frames(PhrasesSpec(**FEW)))
    assert len(dealt) > 3 * 13 + 20


def test_a_net_is_its_equation_neuron_by_neuron():
    layer = spiking.Layer(3, 4, 2, 6.0, 0)
    with torch.no_grad():
        layer.parts[4] += 0.1
    heard = np.random.default_rng(0).random((4, 1, 12, 3)) < 0.5
    spikes = layer.spikes(torch.from_numpy(heard).float()).detach().numpy()
    weight, keep = layer.parts[0].detach().numpy(), np.exp(-1 / 6)
    for net in range(4):
        u = np.zeros(4)
        for t in range(12):
            u = keep * u + heard[net, 0, t] @ weight[net]
            fired = u > 1.1
            np.testing.assert_array_equal(spikes[net, 0, t], fired)
            u = u - 1.1 * fired


def test_a_spike_has_the_slope_of_a_hill():
    above = torch.tensor([-0.2, 0.0, 0.4], requires_grad=True)
    made: Any = spiking.Spike.apply(above)
    assert made.tolist() == [0.0, 0.0, 1.0]
    made.sum().backward()
    assert above.grad is not None
    np.testing.assert_allclose(above.grad.numpy(), [1 / 4, 1.0, 1 / 9], rtol=1e-6)


def test_only_one_kind_of_net_learns_time_constants_and_both_learn_weights():
    layer = spiking.Layer(5, 6, 2, 4.0, 1)
    before = [part.detach().numpy().copy() for part in layer.parts]
    rng = np.random.default_rng(0)
    for _ in range(5):
        heard = torch.from_numpy(np.tile(rng.random((2, 8, 20, 5)) < 0.3, (2, 1, 1, 1))).float()
        layer.learn(heard, torch.from_numpy(np.tile(rng.integers(0, 2, (2, 8)), (2, 1))))
    after = [part.detach().numpy() for part in layer.parts]
    for k in (3, 4):
        np.testing.assert_array_equal(after[k][:2], before[k][:2])
        assert np.abs(after[k][2:] - before[k][2:]).max() > 0.001
    assert np.abs(after[0] - before[0]).reshape(4, -1).max(axis=1).min() > 0.001
    np.testing.assert_allclose(layer.taus()[WEIGHTS - WEIGHTS], 4.0, rtol=1e-6)
    np.testing.assert_array_equal(before[0][:2], before[0][2:])


@pytest.fixture(scope="module")
def found() -> Any:
    return EXPERIMENT.result(PhrasesSpec(n_networks=3, n_training=150))


def test_phrases_tell_what_counts_do_not(found):
    assert (found.told[PHRASES] > 0.7).all()
    assert np.abs(found.told[[COUNTS, DEALT]] - 0.5).max() < 0.13
    assert found.told[[WEIGHTS, TIMES]].mean() > 0.6
    assert found.told.shape == (len(ARMS), 3)
    np.testing.assert_array_equal(found.told[WEIGHTS:], found.right[..., -1])
    np.testing.assert_allclose(found.numbers.sum(axis=1), 1.0)
    assert (found.told[SPREAD] > 0.7).all()
    assert (found.told[PAIRS] > found.told[PHRASES]).all()
    words = [one.word for one in EXPERIMENT.findings(found)]
    assert words[3] == "differs"
    assert len(words) == 5
    assert found.pictures()


def test_without_bursts_nothing_is_claimed():
    plain: Any = EXPERIMENT.result(PhrasesSpec(again=0.2, **FEW))
    assert not EXPERIMENT.findings(plain)
    assert np.abs(plain.told[PHRASES] - 0.5).max() < 0.12


def test_runs_repeat_to_the_byte_and_neighbouring_seeds_share_nothing():
    one, two = (EXPERIMENT.result(PhrasesSpec(**FEW)) for _ in range(2))
    np.testing.assert_array_equal(one.told, two.told)
    other: Any = EXPERIMENT.result(PhrasesSpec(seed=1, **FEW))
    assert not np.array_equal(one.examples, other.examples)
