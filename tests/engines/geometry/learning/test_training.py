"""Batched networks are the networks one by one; films and sweeps tell what they hold."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.boundary import codec
from engines.contract import Frame, InputError, SpecError
from engines.geometry.activations.store import ActivationSet
from engines.geometry.film import layouts as layout
from engines.geometry.film.film import Film, FilmFrame
from engines.geometry.film.spec import FilmSpec
from engines.geometry.learning.deep_linear import SaxeSpec
from engines.geometry.learning.networks import initial_networks
from engines.geometry.learning.phase_diagram import Phase, PhaseSpec
from engines.geometry.learning.phase_diagram import frames_of as phase_frames
from engines.geometry.learning.spec import StudioSpec
from engines.geometry.learning.studio import StudioRun, frames_of
from engines.geometry.learning.training import snapshot_steps, training_from_spec
from engines.geometry.measures.similarity import cka
from engines.geometry.tasks import hypercube as tasks
from engines.running import registry

SMALL = StudioSpec(n_points=4, width=16, n_steps=60, n_snapshots=8, n_seeds=2)


def one_by_one(sizes, name, seed, batches, rate, loss="logistic"):
    """A plain torch module trained by torch's own SGD."""
    net = initial_networks(sizes, [name], [seed], loss=loss, frozen_readout=False)
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    for layer, w, b in zip(layers, net.weights, net.biases, strict=True):
        layer.weight.data, layer.bias.data = w[0].T.clone(), b[0, 0].clone()
    act = {
        "tanh": torch.tanh,
        "relu": torch.relu,
        "linear": lambda v: v,
        "softplus": torch.nn.functional.softplus,
    }[name]
    optimiser = torch.optim.SGD([p for m in layers for p in m.parameters()], rate)
    for x, y in batches:
        value = x
        for layer in layers[:-1]:
            value = act(layer(value))
        logits = layers[-1](value)
        if loss == "softmax":
            cost = torch.nn.functional.cross_entropy(logits, y.argmax(-1))
        else:
            cost = torch.nn.functional.binary_cross_entropy_with_logits(logits, y)
        optimiser.zero_grad()
        cost.backward()
        optimiser.step()
    return [layer.weight.data.T for layer in layers]


@pytest.mark.parametrize("loss", ["logistic", "softmax"])
def test_batched_training_is_training_one_by_one(loss):
    draw = torch.Generator().manual_seed(0)
    sizes, names = [5, 8, 7, 3], ["tanh", "tanh", "relu", "softplus", "linear"]
    batches = []
    for _ in range(30):
        y = torch.nn.functional.one_hot(torch.randint(3, (6,), generator=draw), 3).float()
        batches.append((torch.randn(6, 5, generator=draw), y))
    nets = initial_networks(sizes, names, range(5), loss=loss, frozen_readout=False)
    for x, y in batches:
        nets.step(x.expand(5, -1, -1), y[None], 0.1)
    for k, name in enumerate(names):
        alone = one_by_one(sizes, name, k, batches, 0.1, loss)
        for ours, theirs in zip(nets.weights, alone, strict=True):
            assert (ours[k] - theirs).abs().max() <= 1e-6


def test_a_frozen_readout_stays():
    training = training_from_spec(SMALL)
    before = training.networks.weights[-1].clone()
    training.advance(10)
    torch.testing.assert_close(training.networks.weights[-1], before)


@given(st.sampled_from([4, 8, 16, 32]), st.booleans(), st.floats(0.0, 1.0))
def test_inputs_have_exactly_the_alignment_asked_for(n, parity, share):
    k = 1 if parity else n.bit_length() - 1
    c = share * tasks.alignment_max(n, k)
    x = tasks.inputs_from_kernel(tasks.input_kernel(n, k, c), 100, 3)
    assert cka(x, tasks.targets(n, k)) == pytest.approx(c, abs=1e-9)
    assert abs(x.mean(axis=0)).max() < 1e-6


def test_impossible_tasks_are_refused():
    with pytest.raises(InputError, match="power of two"):
        tasks.hypercube(6)
    with pytest.raises(InputError, match=r"0 to 0.5774"):
        tasks.input_kernel(4, 1, 0.9)
    with pytest.raises(InputError, match="1 target"):
        tasks.targets(8, 2)
    with pytest.raises(SpecError, match="GiB of activations"):
        StudioSpec(n_points=32, n_seeds=32, depth=10, width=1024)
    with pytest.raises(SpecError, match="would oscillate"):
        SaxeSpec(step_size=0.2)


@given(st.integers(1, 5_000), st.integers(2, 100))
def test_snapshots_begin_at_0_and_end_at_the_last_step(n_steps, n):
    steps = snapshot_steps(n_steps, n)
    assert steps[0] == 0
    assert steps[-1] == n_steps
    assert (np.diff(steps) > 0).all()


def test_the_studio_streams_keeps_and_repeats():
    items = list(frames_of(SMALL))
    run = items[-1]
    assert isinstance(run, StudioRun)
    assert any(isinstance(item, FilmFrame) for item in items)
    assert all(isinstance(item, Frame) for item in items[:-1])
    again = list(frames_of(SMALL))[-1]
    np.testing.assert_array_equal(again.film.coords, run.film.coords)
    kept = ActivationSet.named(run.film.source)
    assert kept.n_snapshots == len(run.film.moments_at)
    np.testing.assert_allclose(
        cka(kept.at("tanh, seed 1"), tasks.targets(4, 1)),
        run.measures["target CKA"][1, -1],
        rtol=1e-5,
    )
    back = codec.unpack(codec.pack(run))
    np.testing.assert_array_equal(back.film.pairs, run.film.pairs)
    assert back.film.labels == run.film.labels


def test_another_look_at_the_same_activations():
    run = list(frames_of(SMALL))[-1]
    look = registry.experiment("geometry/film").result
    for chosen in ("PCA, aligned", "MDS"):
        film = look(FilmSpec(source=run.film.source, layers=run.film.tracks, layout=chosen))
        assert isinstance(film, Film)
        assert film.coords.shape == run.film.coords.shape
    with pytest.raises(InputError, match="no layer"):
        look(FilmSpec(source=run.film.source, layers=("nowhere",)))


def test_a_cell_of_the_diagram_is_its_networks_in_the_studio():
    spec = PhaseSpec(n_alignments=2, n_seeds=2, n_steps=40, width=16)
    end = list(phase_frames(spec))[-1]
    assert isinstance(end, Phase)
    alone = list(frames_of(spec.studio(1, 1)))[-1]
    np.testing.assert_allclose(
        end.values["target CKA"][1, 1], alone.measures["target CKA"][:, -1], atol=1e-5
    )
    assert end.values["accuracy"].shape == (2, 2, 2)
    assert len(end.moments()) > 10


def test_the_diagram_scores_what_is_asked_and_refuses_what_would_take_hours():
    spec = PhaseSpec(n_alignments=2, n_seeds=1, n_steps=20, width=16, measure="shattering")
    end = list(phase_frames(spec))[-1]
    assert ((end.values["shattering"] >= 0) & (end.values["shattering"] <= 1)).all()
    with pytest.raises(InputError, match="choose 4 or 8 points"):
        list(phase_frames(spec.replace(n_points=16)))


def test_one_basis_moves_nothing_that_does_not_move():
    x = np.random.default_rng(0).standard_normal((9, 30))
    still = np.stack([x, x, x])
    coords, share = layout.one_basis(still)
    np.testing.assert_allclose(coords[0], coords[2])
    assert 0 < share.sum() <= 1
    turning, _ = layout.aligned(
        still + 1e-3 * np.random.default_rng(1).standard_normal(still.shape)
    )
    assert np.abs(turning[0] - turning[2]).max() < 0.1


@given(st.integers(0, 1000))
def test_classical_mds_of_points_in_three_dimensions_is_exact(seed):
    from scipy.spatial.distance import pdist, squareform

    x = np.random.default_rng(seed).standard_normal((8, 3))
    d = squareform(pdist(x))
    np.testing.assert_allclose(squareform(pdist(layout.classical_mds(d))), d, atol=1e-9)


@pytest.mark.parametrize("name", ["taskgeometry", "compare", "files"])
def test_an_analysis_without_a_source_makes_its_own(name, monkeypatch):
    from engines.geometry.analyses import source as ensure

    monkeypatch.setattr(ensure, "OPENING", SMALL.replace(targets="every bit"))
    experiment = registry.experiment(f"geometry/{name}")
    result = experiment.result(experiment.default())
    assert len(result.pictures()) >= 3
    assert codec.pack(result)
