"""The fly model as its authors run it: spike times of Brian2 and of their equations."""

from __future__ import annotations

import numpy as np

from engines.connectome import from_matrix
from engines.connectome.dynamics.batched import BatchedTrials
from engines.connectome.dynamics.network import network_of
from engines.connectome.dynamics.spiking import SpikingTrial
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.experiments.activity.stimulate import EXPERIMENT
from engines.connectome.wiring import kept

LOOP = np.array([[0.0, 40, 0], [0, 0, 60], [20, 0, 0]])


def spec(**fields):
    shape = {"shape": "step", "amplitude": 2.0, "start_ms": 0.0, "duration_ms": 200.0}
    spikes = {"model": "spiking", "reset": "v and g", "synapse_mv": 2.0, "dt_ms": 0.1}
    own = kept.keep(from_matrix(LOOP))
    return StimulusSpec(own=own, targets="1", **(shape | spikes | fields))


def spike_steps(trial):
    trial.advance(0, 2_000)
    return [np.flatnonzero(trial.spikes[:, k]).tolist() for k in range(3)]


def authors_steps(delay, n_steps=2_000, dt=0.1):
    """Shiu et al.'s equations, exactly from step to step: states, thresholds, synapses, resets."""
    weight, push = 2.0 * LOOP, np.array([14.0, 0.0, 0.0])
    v, g, last = np.zeros(3), np.zeros(3), np.full(3, -(10**6))
    keep_v, keep_g = np.exp(-dt / 20.0), np.exp(-dt / 5.0)
    sent, found = [], [[], [], []]
    for step in range(n_steps):
        free = step - last >= 22
        v = np.where(free, push + (v - push) * keep_v + g * (keep_v - keep_g) / 3.0, v)
        g = np.where(free, g * keep_g, g)
        spiked = free & (v > 7.0)
        if step >= delay:
            g = g + sent[step - delay] @ weight
        v[spiked] = g[spiked] = 0.0
        last[spiked] = step
        sent.append(spiked.astype(float))
        for k in np.flatnonzero(spiked):
            found[k].append(step)
    return found


def test_a_loop_spikes_when_brian2_says():
    # Brian2 2.5 with numpy, method "linear", the authors' equations: 18 spikes each, at these ms.
    asked = spec()
    steps = spike_steps(SpikingTrial(asked, network_of(asked), 0, 1))
    assert [len(s) for s in steps] == [18, 18, 18]
    assert [s[:3] for s in steps] == [[138, 243, 348], [180, 285, 390], [212, 317, 422]]
    assert [s[-1] for s in steps] == [1923, 1965, 1997]
    assert steps == authors_steps(18)


def test_heard_one_step_earlier_it_is_19_18_and_18():
    # The count where a spike is heard at the beginning of its step instead of behind it.
    asked = spec()
    trial = SpikingTrial(asked, network_of(asked), 0, 1)
    trial._waiting = np.zeros((17, 3))
    steps = spike_steps(trial)
    assert [len(s) for s in steps] == [19, 18, 18]
    assert steps == authors_steps(17)


def test_without_the_resets_it_is_43_43_and_53():
    asked = spec(reset="v")
    steps = spike_steps(SpikingTrial(asked, network_of(asked), 0, 1))
    assert [len(s) for s in steps] == [43, 43, 53]


def test_torch_spikes_at_the_same_steps():
    asked = spec()
    found = BatchedTrials(asked, network_of(asked), 1, "cpu").advance(0, 500)[0]
    steps = [np.flatnonzero(found[:, k]).tolist() for k in range(3)]
    assert steps == [[s for s in row if s < 500] for row in authors_steps(18)]


def test_the_preset_that_bears_the_name_is_the_published_model():
    """C9 of the fault pages: states reset and frozen as in the authors' code, at their step."""
    preset = EXPERIMENT.presets["Fly model of Shiu et al. 2024"]
    published = spec()
    for name in ("model", "reset", "dt_ms"):
        assert getattr(preset, name) == getattr(published, name)
