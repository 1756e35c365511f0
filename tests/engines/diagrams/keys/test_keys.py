"""Keys that are drawn: who attends to whom, what is paid, and what a run holds."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.diagrams.experiments.training.keys import EXPERIMENT
from engines.diagrams.keys.answers import answers
from engines.diagrams.keys.asked import (
    ARMS,
    BACK,
    DRAWN,
    DROPPED,
    EIGHT,
    EVERY,
    EXAMS,
    N_KEYS,
    ONE,
    RIGHT,
    WHOLE,
    KeysSpec,
)
from engines.diagrams.keys.costing import attention_flops
from engines.diagrams.keys.networks import Pass, drawn_keys, patches
from engines.diagrams.keys.results import KeysResult
from engines.diagrams.keys.running import Comparison

SHORT = KeysSpec(n_steps=20, n_nets=2)
NOBODY = slice(0, 0)


def _result(spec: KeysSpec = SHORT) -> KeysResult:
    return cast("KeysResult", EXPERIMENT.result(spec))


@pytest.fixture(scope="module")
def run() -> KeysResult:
    return _result()


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None)
@given(st.sampled_from([2, 4, 8]), st.sets(st.integers(0, 15), max_size=8), st.integers(0, 1_000))
def test_as_many_are_drawn_as_are_asked_for_and_never_those_left_out(n, never, seed):
    draw = torch.Generator().manual_seed(seed)
    keys = drawn_keys((3, 5), Pass(2, n, NOBODY, NOBODY, draw, never=tuple(never)))
    assert (keys.sum(-1) == n).all()
    assert not keys[..., list(never)].any()


def test_patches_are_squares_of_two_by_two_row_by_row():
    cut = patches(torch.arange(64.0)[None])
    assert cut[0, 0].tolist() == [0, 1, 8, 9]
    assert cut[0, 1].tolist() == [2, 3, 10, 11]
    assert cut[0, 4].tolist() == [16, 17, 24, 25]


@given(st.integers(1, 8), st.integers(1, 4))
def test_spared_are_keys_values_and_scores_but_no_queries(n_heads, n_layers):
    spec = KeysSpec(n_heads=n_heads, n_layers=n_layers)
    per_key = n_layers * 2 * (2 * spec.width**2 + 2 * N_KEYS * spec.width)
    assert attention_flops(spec, 16) - attention_flops(spec, 4) == 12 * per_key


def test_the_result_holds_all_arms_and_exams(run):
    seen = run.looks.seen
    assert np.isfinite(seen[:, -1]).all()
    # First weights are the same, and all who attend to all keys say the same.
    np.testing.assert_array_equal(seen[0, 0, 0, 0], seen[0, 0, ARMS.index(DROPPED), 0])
    assert np.isnan(seen[0, 0, ARMS.index(BACK)]).all()
    np.testing.assert_allclose(run.looked.sum(-1), 1.0, atol=1e-5)
    assert run.spared == 0.5
    assert not EXPERIMENT.findings(run)


def test_claims_are_about_a_quarter_for_each_picture(run):
    told = replace(run, spec=KeysSpec())
    assert len(EXPERIMENT.findings(told)) == 4
    assert next(one.word for one in EXPERIMENT.findings(told)) == "holds"
    for other in ({"n_drawn": 8}, {"never": (1,)}, {"draw": "for all of a step"}, {"n_steps": 100}):
        assert not EXPERIMENT.findings(replace(run, spec=KeysSpec().replace(**other)))


def test_differences_are_of_the_same_networks(run):
    at = run.looks.at
    apart = run.apart((DRAWN, EIGHT), (WHOLE, EVERY))
    assert apart.value == pytest.approx(np.mean(at(RIGHT, DRAWN, EIGHT) - at(RIGHT, WHOLE, EVERY)))
    assert run.right(DRAWN, ONE).value == pytest.approx(at(RIGHT, DRAWN, ONE).mean())


def test_nobody_looks_where_a_patch_is_never_a_key_and_others_are_drawn():
    broken = _result(SHORT.replace(never=(1, 6, 16)))
    np.testing.assert_array_equal(broken.looked[:, [0, 5, 15]], 0.0)
    np.testing.assert_allclose(broken.looked.sum(-1), 1.0, atol=1e-5)
    assert np.isfinite(broken.looks.seen[:, -1]).all()


def test_those_who_get_all_keys_back_begin_where_those_who_draw_were():
    made = Comparison(SHORT)
    for step in range(18):
        made.learn(step)
    main = made.groups[0]
    copy = main.continued(DRAWN, BACK)
    part = main.part(DRAWN)
    for name, w in copy.weights.items():
        torch.testing.assert_close(w, main.weights[name][part])
        theirs = main.optimiser.state[main.weights[name]]
        torch.testing.assert_close(copy.optimiser.state[w]["exp_avg"], theirs["exp_avg"][part])
    # With the same keys both would go on alike.
    x, y = made.batches.batch(18)
    how = Pass(2, 4, NOBODY, NOBODY, torch.Generator())
    copy.learn(x, y, how)
    main.learn(x, y, how)
    for name, w in copy.weights.items():
        torch.testing.assert_close(w, main.weights[name][part], atol=1e-5, rtol=1e-4)


def test_arms_without_draws_do_not_change_with_what_is_drawn():
    """All keys stay all keys beside blocks that draw and drop."""
    made = Comparison(SHORT)
    group, x = made.groups[0], made.x_test[:7].expand(6, 7, N_KEYS, 4)
    from engines.diagrams.keys.networks import outputs

    said = [
        outputs(group.weights, x, Pass(2, 4, group.part(DRAWN), group.part(DROPPED), draw))
        for draw in (torch.Generator().manual_seed(seed) for seed in (0, 1))
    ]
    whole = group.part(WHOLE)
    torch.testing.assert_close(said[0][whole], said[1][whole])
    for arm in (DRAWN, DROPPED):
        assert not torch.allclose(said[0][group.part(arm)], said[1][group.part(arm)])


def test_in_the_exam_every_arm_but_the_one_that_drops_draws_keys():
    made = Comparison(SHORT)
    group = made.groups[0]
    _, looked = made.exam(group, 1)
    every = made.exam(group, 0)[1]
    at = {arm: k for k, arm in enumerate(group.arms)}
    assert not np.allclose(looked[at[WHOLE]], every[at[WHOLE]])
    # Weights are dropped after they were computed.
    np.testing.assert_allclose(looked[at[DROPPED]], every[at[DROPPED]], atol=1e-6)


def test_equal_seeds_give_equal_networks_and_neighbours_share_none(run):
    np.testing.assert_array_equal(run.looks.seen, _result().looks.seen)
    a, b = (Comparison(KeysSpec(seed=seed, n_nets=3)).groups[0].weights["in"] for seed in (0, 1))
    assert not set(a.flatten(1)[:, 0].tolist()) & set(b.flatten(1)[:, 0].tolist())


def test_what_all_of_a_step_share_is_one_draw():
    from engines.diagrams.keys.networks import _hidden

    for shared in (False, True):
        how = Pass(2, 4, slice(0, 2), NOBODY, torch.Generator().manual_seed(0), shared)
        hidden = _hidden(2, 6, how)
        assert bool((hidden == hidden[:, :1]).all()) is shared


@pytest.mark.parametrize(
    ("never", "said"),
    [((17,), "1 to 16, got 17"), ((0,), "got 0"), (tuple(range(1, 14)), "most 12")],
)
def test_what_cannot_be_left_out_is_refused(never, said):
    with pytest.raises(SpecError, match=said):
        KeysSpec(never=never)


def test_networks_that_diverge_are_no_numbers():
    made = Comparison(SHORT)
    made.groups[0].weights["in"].data[1] = torch.nan
    seen, _ = made.look(last=True)
    assert np.isnan(seen[0, ARMS.index(WHOLE), :, 1]).all()
    assert np.isfinite(seen[0, ARMS.index(WHOLE), :, 0]).all()
    assert seen.shape[2] == len(EXAMS)
