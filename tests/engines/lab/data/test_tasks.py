"""Tasks: sizes, chance levels with their derivation, and the same bytes for the same seed."""

from __future__ import annotations

import math
import re
from itertools import product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.lab.data import grammars, pictures, rules
from engines.lab.data.catalog import TaskName, task_of
from engines.lab.data.glyphs import LETTERS, glyph

NAMES = get_args(TaskName)


@pytest.mark.parametrize("name", NAMES)
def test_equal_seeds_give_equal_bytes_and_the_exam_is_apart(name):
    one, same, other = task_of(name, 3), task_of(name, 3), task_of(name, 4)
    for field in ("x", "y", "x_test", "y_test"):
        assert getattr(one, field).tobytes() == getattr(same, field).tobytes()
    assert one.x.tobytes() != other.x.tobytes()
    assert one.x.dtype == np.float32
    assert len(one.x) == len(one.y) == one.n_examples
    assert len(one.x_test) == len(one.y_test) > 0
    assert one.chance_because
    learnt = {row.tobytes() for row in one.x}
    assert not sum(row.tobytes() in learnt for row in one.x_test)


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith("formula")])
def test_chance_is_the_best_constant_answer(name):
    """No constant does better, and every label counted: the definition, not our code."""
    task = task_of(name, 1)
    shares = [np.mean(task.y_test == k) for k in range(task.n_outputs)]
    frequent = np.bincount(task.y, minlength=task.n_outputs)
    if name != "noisy digits":  # its labels are as in digits, but the most frequent may tie
        assert task.chance == pytest.approx(shares[int(frequent.argmax())])
    if name in ("XOR", "ring", "parity", "regular language"):
        assert task.chance == 0.5 == shares[0]
    if name == "letters":
        assert shares == [pytest.approx(1 / 26)] * 26


def test_digits_are_those_of_the_repository():
    """Counts as printed by scikit-learn's documentation: 1,797 digits, about 180 of each."""
    task = pictures.digits()
    counts = np.bincount(np.concatenate([task.y, task.y_test]))
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (len(task.x), len(task.x_test), task.n_features) == (1400, 397, 64)
    assert 0.08 < task.chance < 0.13


def test_digits_out_of_noise_have_the_pixels_without_it_to_learn():
    task, clean = pictures.clean_digits(2, noise=0.6, n_copies=3), pictures.digits(2)
    np.testing.assert_array_equal(task.y, np.tile(clean.x, (3, 1)))
    np.testing.assert_array_equal(task.y_test, clean.x_test)
    assert np.std(task.x - task.y) == pytest.approx(0.6, abs=0.01)
    assert task.n_outputs == 64
    # The mean picture leaves nearly all the variance: R squared is about 0, and not above it.
    assert -0.02 < task.chance <= 0.0
    assert task.x.tobytes() == pictures.clean_digits(2, n_copies=3).x.tobytes()


def test_noise_and_swaps_are_as_asked():
    clean, dirty = pictures.digits(2), pictures.digits(2, noise=0.5, swapped=0.2)
    added = (dirty.x - clean.x).astype(np.float64)
    assert added.std() == pytest.approx(0.5, rel=0.01)
    assert np.sum(dirty.y != clean.y) == 280
    assert (dirty.y_test == clean.y_test).all()


def test_letters_are_26_different_ones():
    assert LETTERS == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    drawn = {glyph(letter).tobytes() for letter in LETTERS}
    assert len(drawn) == 26
    assert {glyph(letter).shape for letter in LETTERS} == {(7, 5)}
    least = min(np.abs(glyph(a) - glyph(b)).sum() for a in LETTERS for b in LETTERS if a < b)
    assert least >= 2


def test_letters_can_be_told_apart():
    """Oracle: scikit-learn's nearest neighbour, far above 1 in 26."""
    from sklearn.neighbors import KNeighborsClassifier

    task = pictures.letters()
    found = KNeighborsClassifier(1).fit(task.x, task.y).score(task.x_test, task.y_test)
    assert found > 0.9


def test_the_best_line_through_xor_gets_two_thirds():
    """Area of a cut corner: right = 3 - c²/2 - (1-c)² of 4, largest at c = 2/3."""
    task = rules.xor(0, n=20_000, n_test=2)
    best = 0.0
    for angle in np.linspace(0, np.pi, 90, endpoint=False):
        along = task.x @ np.array([np.cos(angle), np.sin(angle)])
        order = np.argsort(along)
        ones = np.cumsum(task.y[order])
        right = (np.arange(1, len(ones) + 1) - ones + ones[-1] - ones) / len(ones)
        best = max(best, float(right.max()), float(1 - right.min()))
    assert best == pytest.approx(2 / 3, abs=0.01)


def test_the_disc_is_half_of_the_square():
    assert math.pi * rules.RING_RADIUS**2 == pytest.approx(2.0)
    task = rules.ring(5)
    assert ((np.linalg.norm(task.x, axis=1) > rules.RING_RADIUS) == task.y).all()


@given(st.integers(2, 10))
@settings(max_examples=9, deadline=None)
def test_parity_is_the_sum_and_no_smaller_set_of_bits_tells_it(n_bits):
    task = rules.parity(1, n_bits=n_bits, share=0.5)
    x, y = np.concatenate([task.x, task.x_test]), np.concatenate([task.y, task.y_test])
    assert len(np.unique(x, axis=0)) == 2**n_bits
    assert (np.sum(x > 0, axis=1) % 2 == y).all()
    # Over all words every product of fewer bits is uncorrelated with the class (Walsh functions).
    sign = 1 - 2 * y
    for k in range(n_bits):
        others = np.delete(x, k, axis=1).prod(1)
        assert (others * sign).sum() == 0


def test_formulas_have_their_moments():
    """E[(xy)²] = 1/9 for independent uniform coordinates from -1 to 1, and the mean is 0."""
    task = rules.formula("x y", n=40_000, n_test=4)
    assert task.y.mean() == pytest.approx(0.0, abs=0.01)
    assert (task.y**2).mean() == pytest.approx(1 / 9, rel=0.03)
    noisy = rules.formula("x y", n=1000, n_test=20_000, noise=1 / 3)
    assert noisy.ceiling == pytest.approx(0.5, abs=0.01)
    left = np.mean((noisy.y_test[:, 0] - noisy.x_test.prod(1)) ** 2)
    assert 1 - left / noisy.y_test.var() == pytest.approx(noisy.ceiling, abs=0.02)


def test_a_bigram_chain_has_its_entropy_rate():
    made = grammars.bigram(3, n=2000, length=50)
    counts = np.zeros((6, 6))
    np.add.at(counts, (made.tokens[:, :-1].ravel(), made.tokens[:, 1:].ravel()), 1)
    p = counts / counts.sum(1, keepdims=True)
    share = counts.sum(1) / counts.sum()
    rate = -np.nansum(share[:, None] * p * np.log(np.where(p > 0, p, 1)))
    assert rate == pytest.approx(made.entropy, abs=0.01)
    assert share.max() == pytest.approx(made.chance, abs=0.01)
    assert share @ p.max(1) == pytest.approx(made.ceiling, abs=0.01)


def test_the_stationary_state_of_two_states_is_its_closed_form():
    p = np.array([[0.9, 0.1], [0.3, 0.7]])
    np.testing.assert_allclose(grammars.stationary(p), [0.75, 0.25])


def test_the_second_half_repeats_the_first():
    made = grammars.induction(2)
    half = made.tokens.shape[1] // 2
    assert (made.tokens[:, :half] == made.tokens[:, half:]).all()
    assert all(len(set(row[:half])) == half for row in made.tokens)
    assert made.asked.sum() == len(made.tokens) * (half - 1)
    assert made.chance == 1 / 24


def test_brackets_balance_and_every_shape_is_equally_frequent():
    """Catalan numbers: 5 shapes of three pairs, so each is drawn in a fifth of the cases."""
    made = grammars.dyck(1, n=5000, pairs=3, kinds=2)
    shapes: dict[str, int] = {}
    for row in made.tokens:
        stack = []
        for token in row:
            if token < 2:
                stack.append(token)
            else:
                assert stack.pop() == token - 2
        assert not stack
        key = "".join("(" if token < 2 else ")" for token in row)
        shapes[key] = shapes.get(key, 0) + 1
    assert len(shapes) == 5
    for count in shapes.values():
        assert count / 5000 == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / 5000))
    closing = np.roll(made.tokens, -1, axis=1)[made.asked]
    assert (closing >= 2).all()
    assert np.mean(closing == 2) == pytest.approx(0.5, abs=0.03)


PATTERNS = {
    1: lambda w: re.fullmatch("1*", w),
    2: lambda w: re.fullmatch("(10)*", w),
    3: lambda w: not re.search("(?<!1)1(11)*0(00)*(?!0)", w),
    4: lambda w: "000" not in w,
    5: lambda w: w.count("0") % 2 == 0 == w.count("1") % 2,
    6: lambda w: (w.count("0") - w.count("1")) % 3 == 0,
    7: lambda w: re.fullmatch("0*1*0*1*", w),
}


@pytest.mark.parametrize("language", range(1, 8))
def test_tomitas_languages_are_their_definitions(language):
    """Every word of up to nine letters, against the definition as it is printed."""
    for length in range(1, 10):
        words = np.array(list(product((0, 1), repeat=length)))
        wanted = [bool(PATTERNS[language]("".join(map(str, w)))) for w in words]
        assert grammars.accepted(language, words).tolist() == wanted


def test_what_cannot_be_is_a_sentence():
    for make, told in (
        (lambda: task_of("chess"), "no task 'chess'"),
        (lambda: rules.parity(n_bits=30), "2 to 14 bits"),
        (lambda: rules.formula("x + y"), "no formula"),
        (lambda: rules.xor(n=3), "must be even"),
        (lambda: grammars.regular(language=1), "too few on one side"),
        (lambda: grammars.accepted(8, np.zeros((1, 2), int)), "are 1 to 7"),
        (lambda: grammars.induction(half=30), "needs 2 to 24"),
        (lambda: pictures.letters(n_each=0), "at least 1"),
    ):
        with pytest.raises(InputError, match=told):
            make()
