"""Many seeds at once: what is measured is what was done, and controls are as large."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.boundary.codec import pack, unpack
from engines.contract import SpecError
from engines.geometry.experiments.training._stacked_moments import StackedFrame, mean_and_band
from engines.geometry.experiments.training._stacked_run import Looking, strongest, training_of
from engines.geometry.experiments.training.stacked import EXPERIMENT, StackedSpec
from engines.lab.data.catalog import task_of
from engines.lab.interventions.control import random_like
from engines.lab.interventions.text import parsed
from engines.lab.training import log_spaced
from engines.running import registry

SMALL = StackedSpec(
    task="ring", width=12, depth=2, n_seeds=4, n_steps=60, n_moments=6, n_controls=3,
    n_strongest=2, learning_rate=0.01,
)  # fmt: skip


def run(spec: StackedSpec):
    *frames, result = EXPERIMENT.frames(spec)
    return frames, result


def test_equal_specs_give_equal_bytes_and_every_moment_is_there():
    frames, result = run(SMALL)
    assert pack(result) == pack(run(SMALL)[1])
    assert result.course.steps.tolist() == list(log_spaced(60, 6))
    assert {type(frame) for frame in frames} == {StackedFrame}
    assert [frame.at for frame in result.moments()] == list(range(6))
    fractions = [frame.fraction for frame in frames]
    assert fractions == sorted(fractions)
    assert pack(unpack(pack(result))) == pack(result)


def test_what_is_done_is_written_out_by_hand():
    task = task_of("ring", SMALL.seed)
    training = training_of(SMALL, task)
    training.advance(60)
    result = run(SMALL)[1]
    x, y = torch.from_numpy(task.x_test), torch.from_numpy(task.y_test)
    for net in range(4):
        module = training.stack.module(net)
        assert result.course.whole[-1, net] == float((module(x).argmax(-1) == y).double().mean())
        length = module[2].weight.detach().norm(dim=0)
        hidden = module[:2](x).detach().clone()
        hidden[:, length.topk(2).indices] = 0.0
        right = (module[2:](hidden).argmax(-1) == y).double().mean()
        assert result.course.done[-1, net] == pytest.approx(float(right))


def test_the_strongest_are_silenced_in_each_network_for_itself():
    training = training_of(SMALL, task_of("ring", 0))
    found = strongest(training.stack, 3)
    assert [one.nets for one in found] == [(0,), (1,), (2,), (3,)]
    assert {len(one.units) for one in found} == {3}
    assert strongest(training.stack, 0) == ()


@pytest.mark.parametrize(
    "text",
    ["ablate 1:0,3,5 how=mean", "mask 2.weight:0->1,4->2", "prune share=0.4", "clamp 1:2 value=1"],
)
def test_a_control_is_as_large_and_elsewhere(text):
    (one,) = parsed(text)
    draws = [random_like(one, 12, seed, n_inputs=12) for seed in range(20)]
    for drawn in draws:
        assert drawn is not None
        assert drawn.kind == one.kind
        assert len(getattr(drawn, "units", ())) == len(getattr(one, "units", ()))
        assert len(set(getattr(drawn, "edges", ()))) == len(getattr(one, "edges", ()))
    assert len({drawn.to_json() for drawn in draws if drawn}) > 5
    assert random_like(one, 12, 7, n_inputs=12) == random_like(one, 12, 7, n_inputs=12)


def test_what_has_no_control_says_so():
    result = run(SMALL.replace(interventions="rewind step=0"))[1]
    assert np.isnan(result.course.random).all()
    assert result.course.done[-1].mean() < result.course.whole[-1].mean()
    assert not EXPERIMENT.findings(result)


def test_diverged_networks_are_counted_and_leave_the_mean():
    spec = EXPERIMENT.presets["Too fast for some"].replace(n_controls=1, n_moments=5)
    result = run(spec)[1]
    n = int((result.diverged_at >= 0).sum())
    assert 0 < n < 16
    assert result.course.n_diverged[-1] == n
    mean, _ = mean_and_band(result.course.whole)
    assert mean[-1] == pytest.approx(np.nanmean(result.course.whole[-1]))
    table = result.pictures()[-1].columns
    told = dict(zip(table["what"], table["how"], strict=True))
    assert told["Diverged"] == f"{n} of 16; means are of the others"


def test_when_all_diverge_the_run_still_ends():
    spec = SMALL.replace(task="formula x y", optimiser="SGD", learning_rate=50.0)
    result = run(spec)[1]
    assert result.n_alive == 0
    assert result.pictures()
    assert not EXPERIMENT.findings(result)


def test_the_claim_is_decided_by_pairs():
    result = run(SMALL.replace(n_steps=300, n_seeds=12, n_controls=10))[1]
    (found,) = EXPERIMENT.findings(result)
    lost = result.course.whole[-1] - result.course.done[-1]
    assert found.figure.value == pytest.approx(lost.mean())
    assert found.figure.n == 12
    assert found.difference is not None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"interventions": "burn 1"}, "'burn' is no intervention"),
        ({"n_strongest": 64}, "at most 63"),
        ({"n_seeds": 64, "n_steps": 20_000, "batch": 512}, "more than a page should compute"),
    ],
)
def test_what_cannot_be_run_is_refused_before_it_starts(fields, sentence):
    with pytest.raises(SpecError) as told:
        StackedSpec(**fields)
    assert sentence in str(told.value)


def test_known_answers_are_reproduced_and_the_family_has_its_sentence():
    assert all(answer.verdict().reproduced for answer in EXPERIMENT.known_answers())
    assert registry.family_of("geometry/stacked") == "training"
    assert Looking(SMALL, task_of("ring"), training_of(SMALL, task_of("ring"))).steps == []
