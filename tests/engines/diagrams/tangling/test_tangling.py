"""Entangled kernels: what is planted is there, halves are kept apart, and sizes are read off."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.diagrams import search_kernels
from engines.diagrams.experiments.architectures.tangling import EXPERIMENT
from engines.diagrams.tangling.answers import answers
from engines.diagrams.tangling.asked import (
    DRAWN,
    ERROR,
    FOUND,
    LEARNT,
    N_CHANNELS,
    PLANTED,
    RETRAINED,
    SIZES,
    TANGLED,
    TanglingSpec,
)
from engines.diagrams.tangling.networks import Fixed, answers_of, middles
from engines.diagrams.tangling.results import TanglingResult
from engines.diagrams.tangling.running import Comparison
from engines.diagrams.tangling.tasks import planted

SHORT = TanglingSpec(n_steps=50, n_nets=2)


@pytest.fixture(scope="module")
def run() -> TanglingResult:
    return search_kernels(n_steps=50, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_planted_kernels_have_the_taps_of_their_size_and_no_other():
    for net in range(20):
        task = planted(SHORT, net, 4)
        there = (task.kernels != 0).sum(-1).numpy()
        np.testing.assert_array_equal(there, np.array(SIZES)[task.size])
        assert torch.equal(task.kernels != 0, middles()[task.size] == 1)


def test_answers_are_those_of_planted_kernels_and_noise():
    task = planted(SHORT, 0, 2_000)
    x = task.sequences[:, :N_CHANNELS]
    said = answers_of(x.double(), task.kernels, torch.ones(N_CHANNELS).double())
    torch.testing.assert_close(said.float(), task.clean, rtol=1e-5, atol=1e-5)
    noise = task.sequences[:, N_CHANNELS] - task.clean
    assert float(noise.std()) == pytest.approx(SHORT.noise, rel=0.02)


def test_a_network_told_its_taps_has_no_error():
    made = Comparison(SHORT)
    again = made.again()
    start = RETRAINED.index(PLANTED) * len(LEARNT) * SHORT.n_nets
    held = again.stack.parameters
    held["taps"][start] = made.tasks[0].kernels.float()
    held["mix"][start] = 1.0
    looking = made.errors(again)
    next(looking)
    with pytest.raises(StopIteration) as end:
        next(looking)
    assert end.value.value[0, RETRAINED.index(PLANTED), 0, 0] < 1e-5


def test_few_sequences_are_the_first_ones():
    made = Comparison(SHORT)
    x, _ = made.searches[TANGLED].batches.batch(5)
    few = made.sequences[1, 0, : LEARNT[0]].flatten(1)
    for one in x[1, :, 0].flatten(1):  # condition 0, network 1, half for weights
        assert (few == one).all(-1).any()


def test_batches_of_both_arms_and_of_all_sizes_found_are_alike():
    made = Comparison(SHORT)
    again = made.again()
    x, y = again.batches.batch(7)
    n = len(LEARNT) * SHORT.n_nets
    assert torch.equal(x[:n], x[n : 2 * n])
    assert torch.equal(y[:n], y[-n:])


def test_taps_that_are_not_there_stay_without_effect():
    torch.manual_seed(0)
    made = Fixed(middles()[torch.tensor([0, 1, 2])])
    x = torch.randn(4, N_CHANNELS, 16)
    before = made(x)
    with torch.no_grad():
        made.taps[made.mask == 0] += 5.0
    assert torch.equal(made(x), before)


def test_what_is_measured(run):
    assert run.looks.steps[-1] == run.after.steps[-1] == 50
    assert run.stored == (21, 48)
    assert set(np.unique(run.looks.seen.round(6))) <= {0.0, 33.333333, 66.666667, 100.0}
    assert len(run.pictures()) == 6
    assert not EXPERIMENT.findings(run)  # claims want more steps


def test_in_a_notebook_a_number_of_sequences_is_asked_for(run):
    assert run.found(TANGLED, "256").n == 2
    assert run.looks.mean(FOUND, DRAWN, "16").n == 2
    assert run.after.mean(ERROR, PLANTED, "64").value > 0.0
