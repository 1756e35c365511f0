"""Through a transformer: what is put at itself changes nothing, weights by hand say where to look."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.contract import SpecError
from engines.geometry.experiments.mechanisms.patching import EXPERIMENT
from engines.geometry.transformers.patching import (
    BY_HAND,
    FIRST,
    FREE,
    LABEL,
    LEVELS,
    OTHER_LABEL,
    PLACES,
    QUERY,
    SECOND,
    PatchingRun,
    PatchingSpec,
    named,
    picked_at,
)
from engines.geometry.transformers.patching_run import Through, asked, stack_of_spec
from engines.lab.interventions.activations import outputs
from engines.lab.interventions.text import parsed
from engines.lab.transformers.paths import lens, levels, onward, put

TINY = PatchingSpec(n_seeds=3, n_steps=0, n_sequences=10)


def ran(spec: PatchingSpec) -> PatchingRun:
    found = EXPERIMENT.result(spec)
    assert isinstance(found, PatchingRun)
    return found


@pytest.fixture(scope="module")
def by_hand() -> PatchingRun:
    return ran(PatchingSpec(learns=BY_HAND, n_sequences=30))


def test_sequences_ask_for_the_first_item_and_labels_change_places():
    plain, changed = asked(50, 3)
    assert torch.equal(plain[:, 0], plain[:, -1])
    assert torch.equal(plain[:, [0, 2, 4]], changed[:, [0, 2, 4]])
    assert torch.equal(plain[:, [1, 3]], changed[:, [3, 1]])
    assert bool((plain[:, 1] != plain[:, 3]).all())


def test_levels_are_what_the_network_runs_through():
    stack = stack_of_spec(TINY)
    model, (plain, _) = stack.module(0), asked(20, 0)
    found = levels(model, plain)  # type: ignore[arg-type]
    assert found.shape == (3, 20, 5, 32)
    torch.testing.assert_close(lens(model, found)[-1, :, -1], model(plain))  # type: ignore[arg-type]
    torch.testing.assert_close(outputs(stack, plain, ())[0], model(plain))


def test_one_place_is_put_and_the_rest_stays():
    ours, theirs = torch.zeros(3, 4, 5, 2), torch.ones(3, 4, 5, 2)
    level, held = put(ours, theirs, (2, 1), (0, 3))
    assert level == 0
    assert float(held.sum()) == 8.0
    assert float(held[:, 3].sum()) == 8.0
    assert float(ours.sum()) == 0.0


def test_heads_are_where_the_lab_says_and_one_put_at_itself_changes_nothing():
    spec = TINY.replace(learns=FREE)
    stack = stack_of_spec(spec)
    plain, changed = asked(20, 0)
    one = Through(stack, 0, plain, changed)
    silent = outputs(stack, changed, parsed("ablate blocks.1.heads"))[0]

    def nothing(_module: object, _args: object, out: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(out)

    kept = one.model.layers[1].heads.register_forward_hook(nothing)
    torch.testing.assert_close(one.model(changed).detach(), silent)
    kept.remove()
    itself = Through(stack, 0, changed, changed)
    assert torch.equal(itself._with_head(0, 2, 1), one.model(changed).detach())


def test_by_hand_the_answer_lies_where_it_was_written(by_hand):
    same = np.einsum("lplp->lp", by_hand.moved[0])
    wanted = np.zeros((3, 5))
    wanted[:2, LABEL] = 1.0  # read, then copied by the second head
    wanted[SECOND, QUERY] = 1.0
    np.testing.assert_allclose(same, wanted, atol=1e-4)
    assert by_hand.right.tolist() == [1.0]
    assert by_hand.lens[0, SECOND, QUERY] > 0.99
    assert by_hand.lens[0, FIRST, QUERY] == pytest.approx(0.2)
    heads = np.zeros((2, 1, 5))
    heads[1, 0, QUERY] = 1.0
    np.testing.assert_allclose(by_hand.heads[0], heads, atol=1e-4)
    assert by_hand.moved[0, SECOND, QUERY, SECOND, QUERY] == pytest.approx(1.0)
    # A's label put at the other label as well: both then stand behind A, and half is looked at.
    assert by_hand.moved[0, FIRST, LABEL, FIRST, OTHER_LABEL] == pytest.approx(0.5, abs=1e-4)


def test_one_network_has_no_interval_and_three_have(by_hand):
    assert all(claim.figure(by_hand) is None for claim in EXPERIMENT.claims)
    run = ran(TINY)
    assert run.moved.shape == (3, 3, 5, 3, 5)
    assert run.heads.shape == (3, 2, 4, 5)
    assert len(EXPERIMENT.findings(run)) == 2
    assert len(run.pictures()) == 6
    assert ran(TINY).moved.tobytes() == run.moved.tobytes()


def test_a_little_learning_is_shown():
    *moments, run = EXPERIMENT.frames(TINY.replace(n_steps=3))
    assert isinstance(run, PatchingRun)
    assert len(moments[-1].pictures()) == 1


def test_clicks_mean_the_place_below_them():
    for level, place in np.ndindex(len(LEVELS), len(PLACES)):
        assert picked_at(place + 0.3, level + 0.7) == (level, place)
    assert picked_at(-3, 99) == (2, 0)
    assert named((2, 4)) == "A?, after layer 2"


def test_a_network_that_is_not_there_is_named():
    with pytest.raises(SpecError, match="no network 2; this run has 1"):
        PatchingSpec(learns=BY_HAND, network=2)


def test_held_places_put_back_give_the_network(by_hand):
    one = Through(stack_of_spec(TINY), 0, *asked(20, 0))
    for level in range(3):
        said = onward(one.model, level, one.ours[level], one.plain)
        torch.testing.assert_close(said, one.model(one.plain).detach())


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
