"""Simulations against plain loops and closed forms, and what lesions do to them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.connectome import stimulate
from engines.connectome.answers.dynamics import dynamics_answers, run
from engines.connectome.dynamics import batched
from engines.connectome.dynamics.batched import BatchedTrials
from engines.connectome.dynamics.fly_model import (
    DELAY_MS,
    REFRACTORY_MS,
    TAU_M_MS,
    TAU_S_MS,
    THRESHOLD_MV,
)
from engines.connectome.dynamics.network import network_of, signs, spectral_radius
from engines.connectome.dynamics.spiking import SpikingTrial
from engines.connectome.dynamics.stimulus import StimulusSpec, drive
from engines.connectome.experiments.lesions.scan import EXPERIMENT as SCAN
from engines.connectome.experiments.lesions.scan import ScanSpec
from engines.contract import InputError
from engines.running import devices


def plain_graded(spec: StimulusSpec) -> np.ndarray:
    """float64[step, neuron]: the rate or linear model neuron by neuron, in Python."""
    network = network_of(spec)
    radius = max(abs(np.linalg.eigvals(network.chemical.toarray())))
    weights = network.chemical.toarray() * spec.gain / radius
    gap = network.gap.toarray()
    gap *= spec.gap / gap.sum(axis=1).max() if gap.any() else 0.0
    x, inputs, out = np.zeros(network.n), drive(spec), []
    for k in range(spec.n_steps):
        fresh = x.copy()
        for i in range(network.n):
            total = inputs[k] if network.target[i] else 0.0
            total += sum(weights[i] * x)
            total += sum(gap[i] * (x - x[i]))
            answer = total if spec.model == "linear" else np.tanh(max(total, 0.0))
            fresh[i] = x[i] + spec.dt_ms / spec.tau_ms * (answer - x[i])
        x = fresh
        out.append(x)
    return np.array(out)


@pytest.mark.parametrize("model", ["linear", "rate"])
def test_graded_models_agree_with_a_plain_loop(model):
    spec = StimulusSpec(model=model, targets="AVBL", start_ms=0.0, duration_ms=15.0, dt_ms=1.0)
    np.testing.assert_allclose(run(spec).mean, plain_graded(spec), atol=1e-6)


def plain_spiking(spec: StimulusSpec) -> tuple[np.ndarray, np.ndarray]:
    """Potentials and spike counts of the spiking model, in plain NumPy."""
    network = network_of(spec)
    weights = network.chemical.toarray() * spec.synapse_mv
    gap = network.gap.toarray() * spec.gap
    n, dt = network.n, spec.dt_ms
    v, g = np.zeros(n), np.zeros(n)
    resting, counts = np.zeros(n, int), np.zeros(n)
    delay = round(DELAY_MS / dt)
    waiting = [np.zeros(n) for _ in range(delay)]
    inputs = drive(spec) * THRESHOLD_MV
    for step in range(spec.n_steps):
        slot = step % delay
        g = g + waiting[slot]
        waiting[slot] = np.zeros(n)
        flow = gap @ v - gap.sum(axis=1) * v
        free = resting == 0
        push = np.where(network.target, inputs[step], 0.0)
        v = np.where(free, v + dt * (g - v + push + flow) / TAU_M_MS, v)
        g = g - dt * g / TAU_S_MS
        resting = np.where(free, resting, resting - 1)
        spiked = free & (v > THRESHOLD_MV)
        v[spiked] = 0.0
        resting[spiked] = round(REFRACTORY_MS / dt)
        counts += spiked
        waiting[slot] = waiting[slot] + weights @ spiked
    return v, counts


def test_spikes_agree_with_a_plain_loop():
    spec = StimulusSpec(
        model="spiking", targets="ASH", amplitude=3.0, synapse_mv=10.0, start_ms=0.0, dt_ms=0.1,
        duration_ms=60.0, width_ms=60.0,
    )  # fmt: skip
    v, counts = plain_spiking(spec)
    trial = SpikingTrial(spec, network_of(spec), 0, 10)
    trial.advance(0, spec.n_steps)
    np.testing.assert_allclose(trial.v, v, atol=1e-6)
    np.testing.assert_array_equal(trial.spikes.sum(axis=0), counts)
    assert np.count_nonzero(counts) > 5  # it spreads beyond the two that are stimulated


@pytest.mark.parametrize("answer", dynamics_answers(), ids=lambda a: a.target)
def test_closed_forms(answer):
    assert answer.verdict().reproduced


def test_spikes_do_not_depend_on_how_a_run_is_cut_into_pieces():
    spec = StimulusSpec(model="spiking", targets="ASH", amplitude=3.0, start_ms=0.0, dt_ms=0.1)
    whole, parts = (SpikingTrial(spec, network_of(spec), 0, 10) for _ in range(2))
    whole.advance(0, 300)
    for first in (0, 100, 200):
        parts.advance(first, 100)
    np.testing.assert_array_equal(whole.v, parts.v)


def test_gaba_inhibits_and_glutamate_as_told():
    kinds = ("GABA", "Glutamate", "Acetylcholine", "", "Acetylcholine + GABA")
    assert signs(kinds, glutamate_excites=True).tolist() == [-1, 1, 1, 1, -1]
    assert signs(kinds, glutamate_excites=False).tolist() == [-1, -1, 1, 1, -1]


def test_touch_of_the_tail_reaches_the_command_interneurons_of_chalfie_1985():
    found = stimulate("varshney2011", "PLM")
    first = {found.neurons[k][:3] for k in found.ranked()[:4]}
    assert {"AVA", "DVA", "PVC"} <= first


def test_without_ava_the_backward_motor_neurons_hardly_answer():
    found = stimulate("varshney2011", "PLM", lesion="AVA")
    k = found.neurons.index("DA6")
    assert found.peak[k] < 0.1 * found.peak_before[k]
    assert not found.mean[:, found.neurons.index("AVAL")].any()


def test_a_lesion_scales_no_synapse_that_is_left():
    # DVA hears PLM directly, so AVA's loss must leave the first milliseconds as they were.
    cut = stimulate("varshney2011", "PLM", lesion="AVA", duration_ms=60.0)
    whole = stimulate("varshney2011", "PLM", duration_ms=60.0)
    k = cut.neurons.index("DVA")
    assert cut.radius == whole.radius
    np.testing.assert_allclose(cut.mean[:, k], whole.mean[:, k], rtol=0.02, atol=1e-4)


def test_noise_makes_trials_differ_and_seeds_repeat_them():
    fields = {"targets": "PLM", "noise": 0.2, "n_trials": 4, "duration_ms": 100.0}
    one, two = (stimulate("varshney2011", **fields, seed=s) for s in (1, 1))
    np.testing.assert_array_equal(one.mean, two.mean)
    assert one.population_sd.max() > 0
    assert not np.array_equal(one.mean, stimulate("varshney2011", **fields, seed=2).mean)


def test_a_linear_network_beyond_gain_one_is_stopped_with_its_time():
    found = stimulate("varshney2011", "PLM", model="linear", gain=3.0, duration_ms=2_000.0)
    assert "ran away after" in found.stopped
    assert np.isfinite(found.mean).all()


def test_too_many_trials_are_refused_with_a_sentence():
    with pytest.raises(InputError, match="do not fit into memory"):
        stimulate("winding2023", "all", n_trials=10_000)


def test_the_spectral_radius_of_a_cycle_is_its_weight():
    from scipy import sparse

    ring = sparse.csr_array(np.roll(np.eye(5), 1, axis=1) * 3.0)
    assert spectral_radius(ring) == pytest.approx(3.0)


def test_a_scan_ranks_the_command_interneurons_first():
    scan = SCAN.result(ScanSpec(scanned="AVA, DVA, RIB", measure="directed efficiency"))
    assert scan.names[scan.ranked()[0]] in ("AVAL", "AVAR")
    touched = SCAN.result(
        ScanSpec(scanned="AVA, DVA, PVC, RIB", measure="response to a stimulus", targets="PLM")
    )
    order = [touched.names[k] for k in touched.ranked()]
    assert set(order[:2]) == {"AVAL", "AVAR"}
    assert set(order[-2:]) == {"RIBL", "RIBR"}


# In torch, on every device there is ------------------------------------------------------------

DEVICES = ("cpu", *(("cuda:0",) if torch.cuda.is_available() else ()))
SPIKES = StimulusSpec(
    model="spiking", targets="ASH", amplitude=3.0, synapse_mv=10.0, start_ms=0.0, dt_ms=0.1,
    duration_ms=60.0, width_ms=60.0, n_trials=3,
)  # fmt: skip


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("lesion", ["", "AVA"])
def test_spikes_in_torch_agree_with_the_compiled_loop(device, lesion):
    spec = SPIKES.replace(lesion=lesion)
    network = network_of(spec)
    loop, batch = SpikingTrial(spec, network, 0, 10), BatchedTrials(spec, network, 10, device)
    loop.advance(0, spec.n_steps)
    spikes = np.concatenate([batch.advance(first, 150) for first in range(0, 600, 150)], axis=1)
    for trial in range(3):
        np.testing.assert_allclose(batch.v[:, trial].cpu(), loop.v, atol=1e-6)
        np.testing.assert_array_equal(spikes[trial], loop.spikes)
    assert batch.n_spikes == 3 * loop.n_spikes > 15


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    "fields", [{"model": "linear"}, {"lesion": "AVA"}, {"noise": 0.2}], ids=str
)
def test_graded_models_in_torch_agree_with_scipy(device, fields, monkeypatch):
    spec = StimulusSpec(targets="PLM", n_trials=4, duration_ms=60.0, start_ms=0.0, **fields)
    ours = run(spec)
    monkeypatch.setattr("engines.connectome.dynamics.batched.device", lambda: device)
    np.testing.assert_allclose(run(spec).mean, ours.mean, atol=1e-6)


def test_a_run_in_torch_is_the_same_activity(monkeypatch):
    loop = run(SPIKES)
    monkeypatch.setattr("engines.connectome.dynamics.batched.device", lambda: "cpu")
    batch = run(SPIKES)
    np.testing.assert_array_equal(batch.mean, loop.mean)
    assert batch.n_spikes == loop.n_spikes


def test_noise_in_torch_moves_a_free_neuron_as_an_ornstein_uhlenbeck_process():
    # No synapses, no input: the variance of v settles at (noise x threshold)^2 / 2.
    spec = StimulusSpec(
        model="spiking", chemical=False, electrical=False, amplitude=0.0, gap=0.0, noise=0.2,
        n_trials=20, dt_ms=0.5, duration_ms=200.0, signs="all excite",
    )  # fmt: skip
    trials = BatchedTrials(spec, network_of(spec), 100, "cpu")
    trials.advance(0, spec.n_steps)
    assert trials.v.std().item() == pytest.approx(0.2 * THRESHOLD_MV / np.sqrt(2), rel=0.05)


def test_the_engines_gpu_is_used_and_nothing_else():
    chosen = {}
    for name in ("cpu", "cuda:1", "mps"):
        with devices.using(name):
            chosen[name] = batched.device()
    assert chosen == {"cpu": "", "cuda:1": "cuda:1", "mps": ""}
