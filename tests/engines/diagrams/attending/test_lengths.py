"""Attention weights: closed forms, copies that can be copied, and lengths that were not learnt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.diagrams import attention_lengths
from engines.diagrams.arms.results import ArmsResult
from engines.diagrams.attending.answers import answers
from engines.diagrams.attending.asked import ARMS, LENGTHS, LOSS, RIGHT, Weights
from engines.diagrams.attending.networks import Copies, copies, weights
from engines.diagrams.experiments.architectures.lengths import EXPERIMENT, slopes

SHORT: dict[str, Any] = {"n_steps": 20, "n_nets": 2}


@pytest.fixture(scope="module")
def run() -> ArmsResult:
    return attention_lengths(**SHORT)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None)
@given(
    st.sampled_from(list(ARMS.values())), st.lists(st.floats(-40, 40), min_size=2, max_size=60),
    st.integers(2, 31),
)  # fmt: skip
def test_weights_are_shares_in_the_order_of_scores(kind: Weights, scores: list[float], power: int):
    x = torch.tensor(scores, dtype=torch.float64)
    found = weights(x, kind, power)
    assert float(found.sum()) == pytest.approx(1.0)
    assert (found >= 0).all()
    assert (found[x.argsort()].diff() >= 0).all()


def test_log_length_changes_nothing_at_the_length_that_is_learnt():
    x = torch.randn(5, 32, dtype=torch.float64)
    for shape in ("softmax", "softplus"):
        plain, scaled = (weights(x, Weights(shape, on, False), 2) for on in (False, True))
        torch.testing.assert_close(plain, scaled)
        longer = torch.cat([x, x], -1)
        assert not torch.allclose(
            weights(longer, Weights(shape, True, False), 2),
            weights(longer, Weights(shape, False, False), 2),
        )


@pytest.mark.parametrize("length", LENGTHS)
def test_copies_hold_no_symbol_twice_and_ask_for_the_one_behind(length):
    x, y = copies(np.random.default_rng(0), 6, length)
    for row, wanted in zip(x, y, strict=True):
        there, asked = row[:length].tolist(), row[length:].tolist()
        assert len(set(there)) == length
        assert len(set(asked)) == len(asked) == 8
        assert [there[there.index(one) + 1] for one in asked] == wanted.tolist()


def test_every_step_and_network_has_copies_of_its_own_and_again_for_the_same_seed():
    made = Copies(3, seed=7)
    x, _ = made.batch(4)
    assert torch.equal(x, Copies(3, seed=7).batch(4)[0])
    assert not torch.equal(x, made.batch(5)[0])
    assert not torch.equal(x[0], x[1])
    assert Copies(3, seed=7, device="meta").batch(4)[0].is_meta


def test_frames_come_in_order_and_the_result_last(run):
    result = run
    assert result.moments()[-1].fraction == 1.0
    assert len(result.moments()) == len(result.looks.steps)
    assert len(result.pictures()) == 5
    assert np.isfinite(result.looks.seen).all()
    assert not EXPERIMENT.findings(result)  # claims want more steps


def test_a_slope_is_that_of_a_line(run):
    result = run
    y = result.looks.seen[0, -1, list(ARMS).index("softplus")]
    expected = np.polyfit(np.log2(LENGTHS), y, 1)[0]
    np.testing.assert_allclose(slopes(result, "softplus"), expected)


def test_in_a_notebook_a_length_is_asked_for(run):
    found = run.looks
    assert found.mean(LOSS, "softmax", "32").n == 2
    assert 0.0 <= found.mean(RIGHT, "softmax", "512").value <= 1.0
