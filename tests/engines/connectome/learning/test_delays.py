"""Delays that learn: closed forms of coincidences, shifts, gradients, controls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from engines.connectome.answers.networks.delays import delay_answers
from engines.connectome.experiments.learning import delays as experiment
from engines.connectome.experiments.learning.delays import DelaysSpec
from engines.connectome.learning import delays
from engines.contract import InputError

EAR = delays.Ear(4, 6, 2, 0.2)


def run(spec: DelaysSpec) -> Any:
    return experiment.EXPERIMENT.result(spec)


@pytest.mark.parametrize(
    "answer", [a for a in delay_answers() if not a.full], ids=lambda a: a.target
)
def test_closed_forms_and_identities(answer):
    assert answer.verdict().reproduced, answer.verdict()


def test_coincidences_are_those_of_a_loop():
    true = delays.planted(EAR, 2, 3)
    spikes, meet = delays.heard(EAR, true, 2, 3, 0)
    for trial in range(2):
        for net in range(2):
            for t in range(0, delays.N_LISTENED, 17):
                came = [spikes[trial, net, c, EAR.longest + t - true[net, c]] for c in range(4)]
                assert meet[trial, net, t] == (sum(came) >= 2)


@given(st.integers(0, 6), st.integers(0, 1_000))
@settings(max_examples=15, deadline=None)
def test_a_narrow_synapse_hands_a_spike_on_after_its_delay(delay, seed):
    spikes, _ = delays.heard(EAR, delays.planted(EAR, 1, seed), 1, seed, 0)
    lags = torch.from_numpy(EAR.lags()).float()
    weight = torch.tensor([[[0.0, 2.0, 0.0, 0.0]]])
    centre = torch.full((1, 1, 4), float(delay))
    kernel = delays.kernels(centre, weight, torch.tensor([0.05]), lags)
    now = delays.currents(torch.from_numpy(spikes).float(), kernel)[0, 0, 0].numpy()
    first = EAR.longest - delay
    np.testing.assert_allclose(
        now, 2.0 * spikes[0, 0, 1, first : first + delays.N_LISTENED], atol=1e-5
    )


def test_f1_is_that_of_scikit_learn():
    rng = np.random.Generator(np.random.Philox(0))
    says, meet = rng.random((5, 3, 40)) < 0.3, rng.random((5, 3, 40)) < 0.2
    wanted = [f1_score(meet[:, k].ravel(), says[:, k].ravel()) for k in range(3)]
    np.testing.assert_allclose(delays.f1(says, meet), wanted)
    assert delays.f1(np.zeros_like(says), meet).tolist() == [0.0] * 3


def test_each_arm_learns_what_it_may():
    true = delays.planted(EAR, 2, 0)
    made = delays.Listeners(EAR, 2, 0)
    before = made.centre.detach().clone(), made.weight.detach().clone()
    spikes, meet = delays.heard(EAR, true, 4, 0, 0)
    x, y = torch.from_numpy(spikes).float(), torch.from_numpy(meet).float()
    for _ in range(3):
        made.learn(x, y, torch.tensor([3.0, 0.5, 0.5, 0.5]))
    moved = [
        (now.detach() != then).flatten(1).any(dim=1).tolist()
        for now, then in zip((made.centre, made.weight), before, strict=True)
    ]
    assert moved == [[True, True, False, False], [False, False, True, True]]
    assert not made.centre[3].any()


def test_widths_fall_by_equal_factors_and_stay():
    widths = [delays.width_at(step, 100, 8.0, 0.5) for step in (0, 40, 80, 99)]
    assert widths == pytest.approx([8.0, 2.0, 0.5, 0.5])


def test_more_spikes_than_channels_are_refused():
    with pytest.raises(InputError, match="5 spikes cannot meet in 4 channels"):
        run(DelaysSpec(n_channels=4, n_needed=5))


def test_a_small_run_shows_itself_and_repeats():
    spec = DelaysSpec(n_channels=4, longest=6, n_needed=2, n_training=40, n_seeds=3)
    first, second = run(spec), run(spec)
    np.testing.assert_array_equal(first.ends, second.ends)
    assert first.loss.shape == (40, 4)
    assert {type(p).__name__ for p in first.pictures()} == {"Bars", "Curves", "Heatmap", "Table"}
    assert first.moments()[-1].pictures()
    assert len(experiment.EXPERIMENT.findings(first)) == 4
