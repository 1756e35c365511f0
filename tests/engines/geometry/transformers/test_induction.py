"""Induction heads: scores and onsets by hand, arms that share their seeds, claims on planted runs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.contract import SpecError
from engines.geometry.experiments.mechanisms.induction import CLAIMS, EXPERIMENT
from engines.geometry.transformers.induction_arms import (
    Lessons,
    Looking,
    head_scores,
    training_of,
)
from engines.geometry.transformers.induction_course import (
    ABLATIONS,
    Course,
    InductionFrame,
    InductionRun,
    Inside,
    even_scores,
    onsets,
    token_names,
)
from engines.geometry.transformers.induction_spec import RUNS, InductionSpec
from engines.lab.training import Training

TINY = InductionSpec(n_seeds=3, n_steps=20, n_moments=6, batch=8)


def ran(spec: InductionSpec) -> InductionRun:
    found = EXPERIMENT.result(spec)
    assert isinstance(found, InductionRun)
    return found


def lessons_of(training: Training) -> Lessons:
    assert isinstance(training.batches, Lessons)
    return training.batches


def planted(run: str = "previous token", *, jumps: tuple[int, ...] = (300, 100, 400)):
    """A run whose arms stay at ln 2 and jump to nothing at these steps, a seed 20 steps later."""
    spec = InductionSpec(n_seeds=3, n_steps=600).replace(run=run)
    steps = np.arange(0, 601, 20)
    shape = (len(steps), len(spec.arms), 3)
    at = np.array([[jump + 20 * k for k in range(3)] for jump in jumps])
    there = steps[:, None, None] >= at
    loss = np.where(there, 0.0, np.log(2.0))
    loss[0] = 1.6
    heads = np.full((*shape, 2, 4), 0.2)
    without = np.zeros((len(ABLATIONS), 3, 2))
    without[1:, :, 0] = np.array([0.4, 0.1, 1.5])[:, None] + 0.01 * np.arange(3)
    inside = tuple(Inside(np.tri(5)[..., None].repeat(4, 2), np.ones((5, 4))) for _ in steps)
    elsewhere = np.full((2, len(spec.arms), 3), 0.95) + 0.01 * np.arange(3)
    course = Course(steps, loss, np.where(there, 1.0, 0.5), heads, np.full((len(steps), 2), np.nan))
    return InductionRun(spec, course, inside, np.array([7, 1, 9, 0, 7]), without, elsewhere)


def test_onset_is_the_first_step_midway_and_none_where_there_is_none():
    score = np.array([[0.2, 0.5], [0.74, 0.5], [0.75, 0.7], [0.6, 0.74]])
    assert np.array_equal(onsets(np.array([0, 10, 20, 30]), score), [20.0, np.nan], equal_nan=True)


def test_scores_are_one_for_what_is_held_and_the_even_look_for_an_even_one():
    tokens = torch.tensor([[[9, 1, 8, 0, 9], [9, 1, 8, 0, 8]]])
    first = torch.zeros(1, 2, 5, 5, 2)
    first[..., 0] = torch.eye(5)[[0, 0, 1, 2, 3]]
    first[..., 1] = torch.ones(5, 5).tril() / torch.arange(1, 6)[:, None]
    last = torch.zeros(1, 2, 1, 5, 2)
    last[0, 0, 0, 1, 0] = last[0, 1, 0, 3, 0] = 1.0
    last[..., 1] = 0.2
    found = head_scores(first, last, tokens)[0]
    np.testing.assert_allclose(found, [[1.0, even_scores(5)[0]], [1.0, 0.2]], atol=1e-6)


@pytest.mark.parametrize("run", RUNS)
def test_arms_share_seeds_and_sequences_and_differ_in_what_is_held(run):
    spec = TINY.replace(run=run)
    training = training_of(spec)
    x, _ = training.batches.batch(0)
    weights = training.stack.weights.unflatten(0, (len(spec.arms), 3))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0, 0], weights[0, 1])
    by_arm = x.unflatten(0, (len(spec.arms), 3))
    assert torch.equal(by_arm[0], by_arm[1]) == (run != "labels that stay")
    assert not torch.equal(by_arm[0, 0], by_arm[0, 1])
    exam, _ = lessons_of(training).drawn(0, spec.batch)
    assert not torch.equal(exam, x)
    training.advance(1)
    weights = training.stack.weights.unflatten(0, (len(spec.arms), 3))
    assert not torch.equal(weights[0], weights[1])


def test_a_head_silenced_by_hand_moves_the_loss_and_nothing_leaves_it():
    run = ran(TINY.replace(interventions="ablate blocks.1.heads:0"))
    mine = run.course.loss[:, 0, 0]
    assert np.all(run.course.by_hand[:, 0] != mine)
    training = training_of(TINY)
    looking = Looking(TINY, training, lessons_of(training))
    loss, score = looking.changed(0, ())
    looking.look()
    assert (loss, score) == (looking.rows["loss"][0][0], looking.rows["score"][0][0])


def test_equal_specs_give_equal_bytes_and_a_film():
    one, other = ran(TINY), ran(TINY)
    for name in ("loss", "score", "heads"):
        assert getattr(one.course, name).tobytes() == getattr(other.course, name).tobytes()
    moments = one.moments()
    assert len(moments) == 6
    assert isinstance(moments[2], InductionFrame)
    assert len(moments[2].course.steps) == 3
    assert len(moments[0].pictures()) == len(one.pictures()) - 2


def test_planted_jumps_are_found_and_judged():
    run = planted()
    assert run.onset.tolist() == [[300, 320, 340], [100, 120, 140], [400, 420, 440]]
    # From step 20 on the loss is ln 2, and falls a moment before the onset's.
    assert run.plateau("nothing held").tolist() == [280, 300, 320]
    words = {claim.sentence: claim.finding(run) for claim in CLAIMS}
    found = [finding.word for finding in words.values() if finding is not None]
    assert found == ["holds"] * 5
    late = planted(jumps=(300, 100, 900))
    assert np.isnan(late.onset[2]).all()
    onset = late.onset_of("wrong offset held")
    assert onset is not None
    assert "not reached" in onset.of
    apart = late.sooner("wrong offset held", "nothing held")
    assert apart is not None
    assert apart.value == pytest.approx(280.0)


def test_the_other_runs_test_the_other_claims():
    parts = [c for c in CLAIMS if c.finding(planted("three parts", jumps=(400, 60, 300, 40, 20)))]
    stay = [c for c in CLAIMS if c.finding(planted("labels that stay", jumps=(300, 100)))]
    assert {c.preset for c in parts} >= {"Three parts, held in turn"}
    assert {c.preset for c in stay} >= {"Labels that stay"}
    assert set(parts) | set(stay) | {c for c in CLAIMS if c.finding(planted())} == set(CLAIMS)


def test_networks_that_never_jumped_are_not_silenced_for_a_claim():
    run = planted(jumps=(900, 100, 900))
    assert run.silenced(1) is None
    assert len(run.pictures()) == 8


def test_places_are_named_as_people_read_them():
    assert token_names(np.array([7, 1, 9, 0, 9]), 5) == ("A", "2", "B", "1", "B?")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"arm": 4}, "no arm 4; this run has 3"),
        ({"network": 7}, "no network 7"),
        ({"n_heads": 3}, "32 numbers cannot be shared by 3 heads"),
        ({"n_items": 4}, "5 labels for 4 items"),
        ({"n_steps": 20_000, "batch": 256}, "more than a page should compute"),
        ({"interventions": "silence 1"}, "no intervention"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(wrong, said):
    with pytest.raises(SpecError, match=said):
        InductionSpec(**wrong)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
