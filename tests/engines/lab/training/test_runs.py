"""A run can be watched, stopped, kept, damaged and gone on with."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engines.boundary.store import Store
from engines.contract import InputError
from engines.lab.training import (
    ArrayBatches,
    Checkpoints,
    Constraints,
    Rule,
    Training,
    log_spaced,
    run,
    stack_from_seeds,
)


def small() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))


def normed() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))


def labelled(seed: int = 4) -> ArrayBatches:
    draw = torch.Generator().manual_seed(2)
    x, y = torch.randn(64, 6, generator=draw), torch.randint(0, 3, (64,), generator=draw)
    return ArrayBatches(x, y, 32, seed=seed)


def training(rule: Rule | None = None, build=small, n_nets: int = 3) -> Training:
    return Training(stack_from_seeds(build, range(n_nets)), labelled(), rule=rule or Rule(), seed=5)


@settings(max_examples=12, deadline=None)
@given(
    first=st.integers(0, 12),
    optimiser=st.sampled_from(["SGD", "momentum", "Adam", "AdamW"]),
    signal=st.sampled_from(["gradient", "feedback alignment", "Oja"]),
    build=st.sampled_from([small, normed]),
)
def test_stopped_and_gone_on_is_never_stopped(first, optimiser, signal, build):
    rule = Rule(optimiser=optimiser, signal=signal, weight_decay=0.01)
    whole, half, other = (training(rule, build) for _ in range(3))
    whole.advance(12)
    half.advance(first)
    other.restore(half.snapshot())
    other.advance(12)
    assert other.snapshot() == whole.snapshot()


def test_equal_moments_are_equal_bytes_and_any_flipped_one_is_noticed():
    one, other = training(), training()
    one.advance(3)
    other.advance(3)
    data = one.snapshot()
    assert data == other.snapshot()
    for place in (3, 20, 60, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[place] ^= 1
        with pytest.raises(InputError, match=r"damaged|no snapshot"):
            other.restore(bytes(broken))
    with pytest.raises(InputError, match="damaged"):
        other.restore(data[:-7])
    newer = data[:7] + b"\x02" + data[8:]
    with pytest.raises(InputError, match="version 2"):
        other.restore(newer)


def test_a_snapshot_of_another_run_is_refused_and_changes_nothing():
    one = training()
    before = one.snapshot()
    with pytest.raises(InputError, match="another rule"):
        one.restore(training(Rule(learning_rate=0.5)).snapshot())
    with pytest.raises(InputError, match="another nets: 2 there, 3 here"):
        one.restore(training(n_nets=2).snapshot())
    assert one.snapshot() == before


def test_diverged_networks_are_counted_and_the_others_go_on():
    stack = stack_from_seeds(small, range(4))
    with torch.no_grad():
        stack.parameters["0.weight"][1] *= 1e30
        stack.parameters["2.weight"][1] *= 1e30
    alone = Training(stack_from_seeds(small, range(4)), labelled())
    together = Training(stack, labelled())
    together.advance(5)
    alone.advance(5)
    assert together.n_diverged == 1
    assert together.diverged_at.tolist() == [-1, 1, -1, -1]
    keep = [0, 2, 3]
    assert torch.equal(stack.weights[keep], alone.stack.weights[keep])
    measured = together.measure(together.batches.x, together.batches.y)
    assert np.isnan(measured["loss"]).tolist() == [False, True, False, False]


@pytest.mark.parametrize("rate", [0.9, 1.1])
def test_descent_diverges_just_above_two_over_the_curvature(rate):
    """f = w² has curvature 2: |1 - 2 lr| < 1 below a learning rate of 1, closed form."""
    x, y = torch.ones(1, 1), torch.zeros(1, 1)
    stack = stack_from_seeds(lambda: nn.Linear(1, 1, bias=False), range(3))
    made = Training(stack, ArrayBatches(x, y), "squared error",
                    Rule(optimiser="SGD", learning_rate=rate))  # fmt: skip
    made.advance(1200)
    assert made.n_diverged == (0 if rate < 1 else 3)


def test_a_schedule_is_kept_while_the_run_can_stop_ten_times_a_second():
    schedule, seen, gaps = log_spaced(400, 12), [], []
    made, last = training(), time.monotonic()
    for pause in run(made, schedule):
        gaps.append(time.monotonic() - last)
        last = time.monotonic()
        if pause.scheduled:
            seen.append(pause.step)
        assert pause.step == made.step
    assert tuple(seen) == schedule
    assert np.median(gaps) < 0.1
    whole = training()
    whole.advance(400)
    assert made.snapshot() == whole.snapshot()


def test_a_restored_run_passes_over_what_lies_behind():
    first = training()
    first.advance(50)
    again = training()
    again.restore(first.snapshot())
    seen = [p.step for p in run(again, (0, 10, 50, 80)) if p.scheduled]
    assert seen == [50, 80]


def test_moments_are_kept_and_a_training_goes_back_to_them(tmp_path):
    store = Store(tmp_path)
    store.open()
    made, kept = training(), Checkpoints("one", store)
    for pause in run(made, log_spaced(30, 6)):
        if pause.scheduled:
            kept.keep(made)
    end = made.snapshot()
    start = training().snapshot()
    assert kept.steps == log_spaced(30, 6)
    kept.rewind(made, 0)
    assert made.snapshot() == start  # rewind(0) is the start, bit for bit
    made.advance(30)
    assert made.snapshot() == end
    store.clear_memory()
    again = Checkpoints("one", Store(tmp_path))
    assert again.found(30) == end
    assert Checkpoints("two", Store(tmp_path)).found(30) is None
    assert torch.equal(kept.stack_at(made, 30).weights, made.stack.weights)
    with pytest.raises(InputError, match="no moment"):
        Checkpoints().at(3)


def test_masks_are_enforced_from_the_start():
    mask = {"0.weight": torch.zeros(8, 6, dtype=torch.bool)}
    made = Training(stack_from_seeds(small, [0]), labelled(), constraints=Constraints(mask))
    assert (made.stack.parameters["0.weight"] == 0).all()


def test_the_callers_generator_is_left_alone():
    torch.manual_seed(1)
    wanted = torch.rand(3)
    torch.manual_seed(1)
    training().advance(2)
    assert torch.equal(torch.rand(3), wanted)
