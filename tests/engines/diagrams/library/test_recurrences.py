"""One recurrence in two guises; a softmax has none."""

from __future__ import annotations

import pytest

from engines.diagrams.library.recurrences import apart, recurrence_answers
from engines.running import registry


@pytest.mark.parametrize("answer", recurrence_answers(), ids=lambda a: a.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced


def test_with_a_softmax_no_state_is_carried():
    """The control: of the same numbers the softmax makes something else."""
    assert apart("softmax", "carried") > 1.0


def test_verify_computes_them():
    told = {answer.target for answer in registry.experiment("diagrams/write").known_answers()}
    assert {answer.target for answer in recurrence_answers()} <= told
