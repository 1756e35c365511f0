"""Rich and lazy learning against autograd, closed forms and what must not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.learning import rich_lazy_answers, wired_start_answers
from engines.connectome.experiments.learning import rich_lazy, wired_start
from engines.connectome.experiments.learning.rich_lazy import RichLazySpec
from engines.connectome.experiments.learning.wired_start import KINDS, WiredStartSpec
from engines.connectome.learning import course, linear, tangents, trials
from engines.connectome.learning.lesioned import accuracies
from engines.connectome.learning.starts import gaussian, truncated
from engines.connectome.learning.tangents import Weights
from engines.contract import InputError
from engines.lab.statistics.spectra import effective_rank


def run(module: Any, spec: Any) -> Any:
    return module.EXPERIMENT.result(spec)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def network(seed: int, n: int = 13) -> Weights:
    draw = rng(seed)
    return Weights(gaussian(draw, n), draw.normal(size=(n, 2)), draw.normal(size=n))


@pytest.mark.parametrize("answer", rich_lazy_answers(), ids=lambda a: a.target)
def test_laws_of_rich_and_lazy_learning(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@pytest.mark.parametrize("answer", wired_start_answers(), ids=lambda a: a.target)
def test_numbers_of_the_worm_as_a_start(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_the_tangent_kernel_is_autograds():
    net = network(0)
    x, _ = trials.drawn(rng(1), 6)
    module = course.Recurrent(net).double()
    gradients = []
    for one in torch.from_numpy(x).double():
        (found,) = torch.autograd.grad(module(one[None]).sum(), [module.recurrent])
        gradients.append(found.flatten().numpy())
    wanted = np.array(gradients) @ np.array(gradients).T
    # The module holds float32 numbers, which its doubles keep.
    held = Weights(*(getattr(module, n).detach().numpy() for n in ("recurrent", "entry", "out")))
    np.testing.assert_allclose(tangents.tangent_kernel(held, x.astype(float)), wanted, rtol=1e-9)
    said = module(torch.from_numpy(x).double()).detach().numpy()
    np.testing.assert_allclose(tangents.logits(held, x.astype(float)), said, rtol=1e-12)
    last = tangents.states(held, x.astype(float))[-1]
    np.testing.assert_allclose(tangents.representation_kernel(held, x.astype(float)), last @ last.T)


def test_the_best_reader_is_as_often_right_as_its_closed_form():
    x, y = trials.drawn(rng(2), 40_000)
    said = (x[..., 0] - x[..., 1]).sum(axis=1) > 0
    # A share of 40,000 has a standard error of at most .0025.
    assert (said == (y > 0.5)).mean() == pytest.approx(trials.ceiling(), abs=0.01)


@given(st.integers(0, 10_000), st.integers(1, 11), st.floats(0.1, 10.0))
@settings(max_examples=20, deadline=None)
def test_cutting_down_gives_the_rank_and_keeps_the_size(seed, rank, scale):
    whole = gaussian(rng(seed), 12)
    cut = truncated(whole, rank)
    assert np.linalg.matrix_rank(cut) == rank
    assert np.linalg.norm(cut) == pytest.approx(np.linalg.norm(whole))
    turn = np.linalg.qr(rng(seed + 1).normal(size=(12, 12)))[0]
    assert effective_rank(scale * turn @ cut) == pytest.approx(effective_rank(cut))
    assert effective_rank(cut) <= rank * (1 + 1e-9)


def test_gradient_flow_conserves_what_theory_says():
    # W1 W1' - w2 w2' (Saxe et al. 2014); steps of 0.01 leave it to their square.
    first, wanted = linear.drawn(rng(3), "full rank", 2.0)
    one, two = linear.learnt(first, wanted)
    np.testing.assert_allclose(two @ one, wanted, atol=1e-4)
    np.testing.assert_allclose(one @ one.T - np.outer(two, two), first @ first.T, atol=0.01)


def test_networks_of_one_seed_see_the_same_trials():
    fresh = course.FreshTrials(seed=5, n_starts=3, n_seeds=2)
    x, y = fresh.batch(7)
    assert x.shape == (6, course.BATCH, trials.N_STEPS, 2)
    assert torch.equal(x[0], x[2])
    assert torch.equal(y[1], y[5])
    assert not torch.equal(x[0], x[1])
    assert not torch.equal(x, fresh.batch(8)[0])


SMALL = RichLazySpec(n_units=40, n_steps=40, n_seeds=3)


@pytest.fixture(scope="module")
def found():
    return run(rich_lazy, SMALL)


def test_networks_start_at_themselves_and_learn(found):
    kernel, representation, change, loss, accuracy = found.measured
    np.testing.assert_allclose(kernel[0], 1.0)
    np.testing.assert_allclose(representation[0], 1.0)
    assert not change[0].any()
    assert (change[1:] > 0).all()
    assert (loss[-1].mean(axis=1) < loss[0].mean(axis=1)).all()
    # 300 trials of the exam have a standard error of at most .029.
    assert (accuracy <= trials.ceiling() + 4 * 0.029).all()
    assert (np.diff(found.ranks) > 0).all()


def test_another_matrix_is_drawn_without_learning_again(found):
    other = run(rich_lazy, SMALL.model_copy(update={"shown": "full"}))
    assert other.measured is found.measured
    assert np.linalg.matrix_rank(found.before) == 1
    assert np.linalg.matrix_rank(other.before) == 40
    kinds = {type(p).__name__ for p in other.pictures()}
    assert kinds == {"Curves", "Bars", "Heatmap", "Table"}


def test_the_exception_of_theory_holds(found):
    words = [judged.word for claim in rich_lazy.CLAIMS if (judged := claim.finding(found))]
    assert words[4] == "holds"
    assert found.of_linear("random rank 1").value < found.of_linear("aligned rank 1").value


def test_a_network_that_runs_away_says_when():
    with pytest.raises(InputError, match=r"ran away by step .* smaller learning rate"):
        run(rich_lazy, SMALL.model_copy(update={"learning_rate": 10.0}))


def test_a_lesioned_network_is_the_network_without_those_units():
    net, x = network(6), trials.drawn(rng(7), 20)[0]
    gone = np.zeros(13, bool)
    gone[[2, 9]] = True
    left = Weights(net.recurrent[~gone][:, ~gone], net.entry[~gone], net.out[~gone])
    blank = net.recurrent * ~gone * ~gone[:, None]
    np.testing.assert_allclose(
        tangents.logits(net.without(gone, blank), x), tangents.logits(left, x), atol=1e-12
    )


PEOPLE = WiredStartSpec(dataset="human_1", n_steps=30, n_seeds=3)


@pytest.fixture(scope="module")
def cut():
    spec = PEOPLE.model_copy(update={"lesion_fraction": 0.9})
    return run(wired_start, spec)


def test_starts_are_of_one_size_and_nulls_use_more_directions(cut):
    every = wired_start._starts(PEOPLE)
    size = 1.25 * np.sqrt(cut.n_neurons)
    np.testing.assert_allclose(np.linalg.norm(every, axis=(2, 3)), size)
    wiring, _, shuffled, random = cut.ranks.mean(axis=1)
    assert wiring < shuffled < random
    for kind in range(3):  # the same strengths, dealt out otherwise
        np.testing.assert_allclose(
            np.sort(np.abs(every[kind, 0]), axis=None), np.sort(np.abs(every[0, 0]), axis=None)
        )


def test_a_lesion_is_tested_without_learning_again(cut):
    whole = run(wired_start, PEOPLE)
    assert whole.lesioned.size == 0
    assert whole.measured is cut.measured
    assert cut.lesioned.shape == (12, 3)
    assert cut.n_cut == round(0.9 * cut.n_neurons)
    assert cut.lesioned[1].mean() < cut.lesioned[0].mean()
    judged = [claim.finding(cut) for claim in wired_start.CLAIMS]
    assert all(one is not None and one.difference is not None for one in judged)
    assert cut.measured.shape[2] == len(KINDS)


def test_too_large_and_empty_wirings_are_refused():
    with pytest.raises(InputError, match="networks of more than 400 learn for minutes"):
        run(wired_start, WiredStartSpec(dataset="winding2023"))
    with pytest.raises(InputError, match="no neuron is left"):
        run(wired_start, PEOPLE.model_copy(update={"lesion": "all"}))


def test_random_lesions_need_neurons():
    nets = (network(8), network(9))
    gone = np.zeros(13, bool)
    found = accuracies(nets, gone, np.array([[1, 2]]), 0)
    assert found.shape == (2, 2)
