"""Stages of addition: marks of curves written down, a network by plain torch, and the run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.geometry.experiments.mechanisms.stages import EXPERIMENT
from engines.geometry.mechanisms.stages import (
    DECAY,
    LEARNT,
    MEMORISED,
    NONE,
    NORM,
    OTHER,
    SHARE,
    SORTED,
    UNDERSTOOD,
    StagesRun,
    StagesSpec,
)

SPEC = StagesSpec(p=11, width=32, n_seeds=3, n_steps=200, learning_rate=0.01)


@pytest.fixture(scope="module")
def run() -> StagesRun:
    found = EXPERIMENT.result(SPEC)
    assert isinstance(found, StagesRun)
    return found


def test_marks_are_the_first_moments_of_curves_written_down(run):
    curves = np.zeros((2, len(run.steps), 3, 4))
    curves[:, 4:, :, LEARNT] = 1.0
    curves[:, :, :, SHARE] = np.linspace(0.2, 0.8, len(run.steps))[None, :, None]
    curves[:, 9:, :2, OTHER] = 0.96
    found = replace(run, curves=curves).reached(DECAY)
    assert found[MEMORISED].tolist() == [40.0] * 3
    assert found[SORTED].tolist() == [100.0] * 3
    assert found[UNDERSTOOD, :2].tolist() == [90.0] * 2
    assert np.isnan(found[UNDERSTOOD, 2])
    assert replace(run, curves=curves).when(UNDERSTOOD) is None


def test_both_groups_begin_alike_and_decay_shrinks(run):
    np.testing.assert_array_equal(run.curves[DECAY, 0], run.curves[NONE, 0])
    assert (run.curves[DECAY, -1, :, NORM] < run.curves[NONE, -1, :, NORM]).all()


def test_a_network_is_plain_torchs(run):
    """The second network of the group without decay, alone."""
    p, m, n = SPEC.p, SPEC.width, SPEC.n_seeds
    draw = torch.Generator().manual_seed(0)
    first = torch.randn(n, 2, p, m, generator=draw) * 0.1
    theta = first[1, 0].clone().requires_grad_()
    xi = first[1, 1].T.clone().requires_grad_()
    order = torch.randperm(p * p, generator=draw)[: round(SPEC.share * p * p)]
    a, b = order // p, order % p
    optimiser = torch.optim.AdamW([theta, xi], SPEC.learning_rate, weight_decay=0.0)
    for _ in range(50):
        optimiser.zero_grad()
        said = (theta[a] + theta[b]) ** 2 @ xi
        torch.nn.functional.cross_entropy(said, (a + b) % p).backward()
        optimiser.step()
    norm = float(torch.sqrt((theta**2).sum() + (xi**2).sum()).detach())
    assert run.curves[NONE, 5, 1, NORM] == pytest.approx(norm, rel=1e-3)


def test_networks_memorise_and_everything_is_drawn(run):
    assert run.curves[:, -1, :, LEARNT].min() > 0.99
    assert len(run.pictures()) == 5
    assert len(EXPERIMENT.findings(run)) >= 2
    half = replace(run, curves=run.curves[:, :3], steps=run.steps[:3])
    assert half.pictures()
