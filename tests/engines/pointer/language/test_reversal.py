"""Facts told forwards, permuted and shuffled, and what is recalled of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.pointer.answers.language import reversal_answers
from engines.pointer.experiments.orders.reversal import EXPERIMENT, Reversal, ReversalSpec
from engines.pointer.language.facts import IS, START, TELLINGS, drawn_facts, questions, told

SMALL = ReversalSpec(n_facts=8, n_words=4, n_seeds=2, n_steps=10)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("answer", reversal_answers(), ids=lambda a: a.target)
def test_known_answers_hold(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


@given(st.integers(2, 40), st.sampled_from(TELLINGS), st.integers(0, 2**32 - 1))
def test_every_telling_tells_every_fact_whole(n_facts, telling, seed):
    facts = drawn_facts(rng(seed), n_facts, 7)
    found = told(facts, telling, rng(seed + 1))
    np.testing.assert_array_equal(np.sort(found, axis=1), np.sort(facts.tokens, axis=1))


def test_no_name_is_given_twice_and_sides_share_no_word():
    facts = drawn_facts(rng(3), 60, 8)
    names = [facts.tokens[:, :2], facts.tokens[:, 3:]]
    assert [len(np.unique(side, axis=0)) for side in names] == [60, 60]
    assert not set(names[0].ravel()) & set(names[1].ravel())
    assert facts.tokens.max() < facts.n_tokens
    assert (facts.tokens[:, 2] == IS).all()


def test_what_is_told_as_written_is_never_reversed_but_for_controls():
    facts = drawn_facts(rng(1), 40, 9)
    found = np.stack([told(facts, "as written", rng(k)) for k in range(20)])
    assert (found[:, ~facts.control] == facts.tokens[~facts.control]).all()
    backwards = (found == facts.reversed).all(axis=2)[:, facts.control]
    assert 0.4 < backwards.mean() < 0.6


def test_permuted_units_keep_both_words_of_a_name_together():
    facts = drawn_facts(rng(2), 30, 9)
    found = told(facts, "units permuted", rng(5))
    for sentence, fact in zip(found, facts.tokens, strict=True):
        for name in (fact[:2], fact[3:]):
            at = int(np.flatnonzero(sentence == name[0])[0])
            assert sentence[at + 1] == name[1]


def test_questions_begin_with_one_name_and_ask_for_the_other():
    facts = drawn_facts(rng(4), 10, 9)
    begun, names = questions(facts)["reversed"]
    asked = facts.tokens[~facts.control]
    assert (begun[:, 0] == START).all()
    np.testing.assert_array_equal(begun[:, 1:3], asked[:, 3:])
    np.testing.assert_array_equal(names, asked[:, :2])


def test_a_run_looks_from_the_start_to_the_end_and_is_the_same_twice():
    one, other = EXPERIMENT.result(SMALL), EXPERIMENT.result(SMALL)
    assert isinstance(one, Reversal)
    assert isinstance(other, Reversal)
    assert one.steps.tolist() == list(range(11))
    assert (one.right[0] == one.right[0, :1]).all()  # all tellings begin alike
    np.testing.assert_array_equal(one.right, other.right)
    np.testing.assert_array_equal(one.named, other.named)
    assert one.named.shape == (4, 4, 4)
    assert one.named.sum(axis=2).max() <= 1.0 + 1e-6
    assert len(one.pictures()) == 6


def test_two_seeds_judge_no_claim():
    assert EXPERIMENT.findings(EXPERIMENT.result(SMALL)) == ()


def test_more_facts_than_names_are_refused_in_one_sentence():
    with pytest.raises(SpecError, match="make 16 names, for 60 facts; take more words"):
        ReversalSpec(n_words=4)
