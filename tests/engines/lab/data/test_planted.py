"""Planted recordings, tensors and graphs: what was planted is what is there."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError
from engines.lab.data import populations, structures


def test_equal_seeds_give_equal_bytes():
    for make in (populations.trajectory, populations.hidden_states):
        assert make(2).recorded.tobytes() == make(2).recorded.tobytes()
        assert make(2).recorded.tobytes() != make(3).recorded.tobytes()
    assert structures.cp_tensor(2).values.tobytes() == structures.cp_tensor(2).values.tobytes()
    assert structures.blocks(2).adjacency.tobytes() == structures.blocks(2).adjacency.tobytes()


def test_a_trajectory_is_read_by_least_squares_up_to_its_ceiling():
    """Oracle: regression of every neuron on the true latents."""
    made = populations.trajectory(1, n_steps=4000)
    fitted = np.linalg.lstsq(made.latent, made.recorded, rcond=None)[0].T
    np.testing.assert_allclose(fitted, made.readout, atol=0.05)
    left = (made.recorded - made.latent @ fitted.T).var(0).sum()
    total = made.recorded.var(0).sum()
    assert 1 - left / total == pytest.approx(made.ceiling, abs=0.01)
    assert made.latent.std(0) == pytest.approx([1, 1, 1])


def test_states_stay_as_long_as_they_should():
    """A state that is left with probability p lasts 1/p steps: the geometric law."""
    made = populations.hidden_states(0, n_steps=60_000, stay=0.9)
    changes = np.flatnonzero(np.diff(made.latent))
    assert np.diff(changes).mean() == pytest.approx(10.0, rel=0.05)
    assert np.bincount(made.latent) / 60_000 == pytest.approx([1 / 3] * 3, abs=0.03)
    assert made.chance == pytest.approx(1 / 3, abs=0.03)
    for state in range(3):
        mean = made.recorded[made.latent == state].mean(0)
        np.testing.assert_allclose(mean, made.readout[state], rtol=0.08, atol=0.02)


def test_counts_given_the_state_are_poisson():
    made = populations.hidden_states(4, n_steps=40_000)
    inside = made.recorded[made.latent == 0]
    assert (inside.var(0) / inside.mean(0)).mean() == pytest.approx(1.0, abs=0.03)


def test_the_parts_of_a_tensor_explain_what_they_should():
    made = structures.cp_tensor(1, noise=0.5)
    clean = np.einsum("ir,jr,kr->ijk", *made.factors)
    left = ((made.values - clean) ** 2).sum()
    assert left / (clean**2).sum() == pytest.approx(0.25)
    assert 1 - left / (made.values**2).sum() == pytest.approx(made.ceiling, abs=0.02)
    constant = 1 - ((made.values - made.values.mean()) ** 2).sum() / (made.values**2).sum()
    assert constant == pytest.approx(made.chance)
    assert all((factor >= 0).all() for factor in made.factors)
    assert np.linalg.matrix_rank(structures.cp_tensor(1, noise=0).values.reshape(30, -1)) == 4


def test_blocks_have_their_degrees():
    made = structures.blocks(0, n_groups=3, n_each=200, degree_in=20, degree_out=5)
    same = made.group[:, None] == made.group
    inside = (made.adjacency & same).sum(1).mean()
    outside = (made.adjacency & ~same).sum(1).mean()
    assert inside == pytest.approx(20, rel=0.05)
    assert outside == pytest.approx(10, rel=0.05)
    assert (made.adjacency == made.adjacency.T).all()
    assert not made.adjacency.diagonal().any()
    assert made.chance == pytest.approx(1 / 3)


def test_the_threshold_of_detection_is_the_published_one():
    """Decelle et al. 2011: |c_in - c_out| = q sqrt(c); with q = 2, c = 3: c_in - c_out = 2 sqrt 3."""
    gap = np.sqrt(3.0)
    made = structures.blocks(n_groups=2, n_each=500, degree_in=1.5 + gap / 2,
                             degree_out=1.5 - gap / 2)  # fmt: skip
    assert made.signal == pytest.approx(1.0)
    assert structures.blocks().signal > 1


def test_strong_blocks_are_found_by_others():
    """Oracle: scikit-learn's spectral clustering."""
    from sklearn.cluster import SpectralClustering
    from sklearn.metrics import adjusted_rand_score

    made = structures.blocks(3)
    found = SpectralClustering(4, affinity="precomputed", random_state=0)
    assert adjusted_rand_score(made.group, found.fit_predict(made.adjacency.astype(float))) > 0.9


def test_what_cannot_be_is_a_sentence():
    for make, told in (
        (lambda: populations.hidden_states(stay=1.0), r"in \(0, 1\)"),
        (lambda: populations.trajectory(n_neurons=2), "4 steps and neurons"),
        (lambda: structures.cp_tensor(rank=0), "rank must be"),
        (lambda: structures.blocks(degree_in=40), "hold degrees up to 31"),
    ):
        with pytest.raises(InputError, match=told):
            make()
