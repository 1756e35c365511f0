"""A memory of triples: worlds, what learns, what is drawn, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.diagrams import memory_of_triples
from engines.diagrams.arms.results import ArmsResult
from engines.diagrams.experiments.symbols.triples import EXPERIMENT
from engines.diagrams.triples.answers import answers
from engines.diagrams.triples.asked import (
    APART,
    AS_DRAWN,
    EMBEDDED,
    MARGINALS,
    TRIPLE,
    UNLEARNT,
    WITHIN,
    TriplesSpec,
)
from engines.diagrams.triples.memory import EMBEDDINGS, shares
from engines.diagrams.triples.running import Memories
from engines.diagrams.triples.world import (
    divergence,
    independent,
    marginals,
    share_within,
    told,
    world,
)


@pytest.fixture(scope="module")
def run() -> ArmsResult:
    return memory_of_triples(n_steps=20, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@given(st.integers(0, 10_000))
def test_a_world_is_a_distribution_and_its_product_has_its_marginals(seed):
    p = world(np.random.default_rng(seed))
    assert p.shape == (20, 5, 20)
    assert p.sum() == pytest.approx(1.0)
    for one, other in zip(marginals(p), marginals(independent(p)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    assert divergence(p, independent(p)) >= 0.0


def test_what_is_told_of_a_world_is_within_3_standard_errors_as_often_as_chance_says():
    """0.9973 of a normal law."""
    rng = np.random.default_rng(0)
    p = world(rng)
    found = [share_within(marginals(told(p, 1_000, rng))[0], marginals(p)[0], 1_000)
             for _ in range(300)]  # fmt: skip
    assert np.mean(found) == pytest.approx(0.9973, abs=0.004)
    assert np.isnan(share_within(p, p, 1, least=5.0))


def test_embeddings_as_drawn_stay_as_drawn_while_all_else_learns():
    made = Memories(TriplesSpec(n_steps=20, n_nets=2))
    for _ in range(3):
        made.learn()
    for name, value in made.memory.weights.items():
        changed = value.detach() != made.first.weights[name].repeat(
            2, *(1 for _ in value.shape[1:])
        )
        by_net = changed.flatten(1).any(1)
        assert by_net[:2].all()
        assert by_net[2:].all() == (name not in EMBEDDINGS)


def test_shares_count_triples():
    drawn = torch.tensor([[[1, 2, 3], [1, 2, 3], [0, 0, 19], [19, 4, 0]]])
    found = shares(drawn)[0]
    assert found[1, 2, 3] == 0.5
    assert found[0, 0, 19] == found[19, 4, 0] == 0.25
    assert found.sum() == 1.0


def test_the_result_holds_all_arms_and_roles(run):
    assert run.looks.seen.shape[:1] == (2,)
    assert np.isfinite(run.looks.seen).all()
    # Before the first step all three memories are one.
    first = run.looks.seen[0, 0]
    np.testing.assert_allclose(first[0], first[2], rtol=1e-5)
    np.testing.assert_allclose(first[0], first[1], rtol=1e-5)
    last = {arm: run.looks.mean(APART, arm, TRIPLE).value
            for arm in (EMBEDDED, AS_DRAWN, UNLEARNT, MARGINALS)}  # fmt: skip
    assert last[EMBEDDED] < last[UNLEARNT]
    assert run.looks.mean(WITHIN, MARGINALS, "subject").value > 0.9
    assert not EXPERIMENT.findings(run)


def test_equal_seeds_give_equal_memories(run):
    again = memory_of_triples(n_steps=20, n_nets=2)
    np.testing.assert_array_equal(run.looks.seen, again.looks.seen)


@pytest.mark.parametrize(("n_draws", "told"), [(1_000, 4), (1_001, 0)])
def test_more_draws_than_a_fifth_of_what_was_told_say_nothing_of_the_world(run, n_draws, told):
    spec = run.spec.model_copy(update={"n_steps": 300, "n_draws": n_draws})
    assert len(EXPERIMENT.findings(replace(run, spec=spec))) == told
