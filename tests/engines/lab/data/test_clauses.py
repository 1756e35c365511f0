"""Words of generated sentences: the grammar that was drawn from is read off again."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError
from engines.lab.data.characters import text
from engines.lab.data.clauses import (
    ARTICLE,
    KINDS,
    NOUN,
    OBJECT,
    PARTS,
    PREPOSITION,
    STOP,
    SUBJECT,
    VERB,
    WORDS,
    clauses,
    kinds,
    parts,
    tokens,
)


def test_words_are_those_of_the_text():
    said = clauses(200, 3)
    joined = " ".join(WORDS[k] for k in said.token).replace(" .", ".").replace(" ,", ",")
    assert text(5_000, 3).startswith(joined)


def test_no_word_is_of_two_kinds():
    assert len(set(WORDS)) == len(WORDS)
    assert {KINDS[k] for k in kinds(np.arange(len(WORDS)))} == set(KINDS)


def test_parts_of_a_sentence_written_down():
    token = tokens("the old river near a bridge carries no letter under its garden again .".replace(
        "bridge", "market"))  # fmt: skip
    found = [PARTS[k] for k in parts(kinds(token))]
    assert found == (
        ["of the subject"] * 3 + ["behind the subject"] * 3 + [""] + ["of the object"] * 2
        + ["behind the object"] * 3 + ["", ""]
    )  # fmt: skip


def test_the_grammar_of_what_is_drawn():
    said = clauses(20_000, 1)
    behind = {int(k) for k in said.kind[1:][said.kind[:-1] == ARTICLE]}
    assert behind == {1, NOUN}  # an adjective or a noun
    assert set(said.part[said.kind == VERB]) == {0}
    nouns = said.part[said.kind == NOUN]
    # Every clause has one subject and one object, but for the one that the text cuts.
    assert abs((nouns == SUBJECT).sum() - (nouns == OBJECT).sum()) <= 1
    assert (said.part[said.kind == PREPOSITION] > OBJECT).all()
    assert (said.part[said.kind == STOP] == 0).all()


def test_windows_are_cut_without_a_gap():
    said = clauses(100, 0)
    token, start = said.windows(13)
    assert token.shape == (7, 13)
    np.testing.assert_array_equal(token.ravel(), said.token[:91])
    np.testing.assert_array_equal(start, 13 * np.arange(7))


def test_a_word_that_there_is_not_is_named():
    with pytest.raises(InputError, match="no word 'bridge'"):
        tokens("the bridge")
