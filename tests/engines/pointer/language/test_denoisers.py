"""Hidden places of well-nested words, and models that fill them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.pointer.answers.denoisers import denoisers_answers
from engines.pointer.experiments.orders.denoisers import EXPERIMENT, Denoisers, DenoisersSpec
from engines.pointer.language.brackets import (
    DENOISERS,
    HIDDEN,
    MODES,
    N_HIDDEN,
    READ,
    SEPARATOR,
    WORD,
    Gaps,
    hidden,
    split,
    words,
)

SMALL = DenoisersSpec(n_seeds=2, n_steps=12)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("answer", denoisers_answers(), ids=lambda a: a.target)
def test_known_answers_hold(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


@given(st.sampled_from(DENOISERS), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_four_places_are_hidden_each_once_in_their_order(way, seed):
    places = hidden(way, 30, rng(seed))
    assert places.shape == (30, N_HIDDEN)
    assert (np.diff(places, axis=1) > 0).all()
    assert ((places >= 0) & (places < WORD)).all()
    spans = (np.diff(places, axis=1) > 1).sum(axis=1)
    assert set(spans.tolist()) == {1 if way == "R" else 0}
    assert (places[:, -1] == WORD - 1).all() == (way == "S")


def test_a_model_reads_what_is_seen_and_never_what_is_hidden():
    gaps = Gaps(words()[:50].astype(np.int64), hidden("X", 50, rng(1)))
    read = gaps.read("X")
    assert read.shape == (50, READ)
    assert (read[:, 0] == MODES["X"]).all()
    assert (read[:, 1 : WORD + 1] == HIDDEN).sum() == 50 * N_HIDDEN
    assert (read[:, WORD + 1] == SEPARATOR).all()
    np.testing.assert_array_equal(read[:, WORD + 2 :], gaps.filled[:, :-1])
    back = read[:, 1 : WORD + 1].copy()
    np.put_along_axis(back, gaps.places, gaps.filled, axis=1)
    np.testing.assert_array_equal(back, gaps.word)


def test_the_least_nats_of_spans_are_those_of_every_filling_tried():
    # Each of the 4^4 fillings of a gap is tried, and looked up among all words.
    known = {word.tobytes() for word in words()}
    for way in ("R", "X"):
        gaps = Gaps(words()[::1_700].astype(np.int64), hidden(way, 5, rng(2)))
        for k, least in enumerate(gaps.least_nats()):
            n_fit = 0
            for code in range(4**N_HIDDEN):
                word = gaps.word[k].astype(np.int8)
                word[gaps.places[k]] = np.array(np.unravel_index(code, (4,) * N_HIDDEN))
                n_fit += word.tobytes() in known
            assert least == pytest.approx(np.log(n_fit))


def test_words_kept_back_are_never_taught():
    learnt, kept = split(3)
    assert len(learnt) + len(kept) == len(words())
    assert not {w.tobytes() for w in learnt} & {w.tobytes() for w in kept}


def test_a_run_looks_from_the_start_to_the_end_and_is_the_same_twice():
    one, other = EXPERIMENT.result(SMALL), EXPERIMENT.result(SMALL)
    assert isinstance(one, Denoisers)
    assert isinstance(other, Denoisers)
    np.testing.assert_array_equal(one.nats, other.nats)
    assert one.nats.shape[1:] == (4, 3, 2)
    assert (one.last > 0).all()
    assert len(one.pictures()) == 3
    assert EXPERIMENT.findings(one) == ()


def test_claims_compare_the_mixture_with_the_best_specialist_of_each_question():
    nats = np.ones((1, 4, 3, 5)) + 0.01 * np.arange(5)
    nats[0, 0, 0], nats[0, 2, 2] = 0.2, 0.1
    nats[0, 3] = 0.3
    run = Denoisers(DenoisersSpec(), np.array([400]), nats)
    assert (run.best(0), run.best(2)) == (0, 2)
    words_of = [f.word for f in EXPERIMENT.findings(run)]
    assert words_of == ["differs", "differs", "holds"]
