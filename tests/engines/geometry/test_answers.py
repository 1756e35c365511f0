"""Every known answer that is quick: closed forms and published values, as ``verify`` shows them."""

from __future__ import annotations

import pytest

from engines.running import registry

ANSWERS = [
    (name, answer)
    for name in registry.names("geometry")
    for answer in registry.experiment(name).known_answers()
]
QUICK = [pair for pair in ANSWERS if not pair[1].full]


@pytest.mark.parametrize(("name", "answer"), QUICK, ids=lambda v: getattr(v, "target", v))
def test_a_known_answer_is_reproduced(name, answer):
    verdict = answer.verdict()
    assert verdict.reproduced, verdict


def test_answers_name_their_source():
    assert len(ANSWERS) >= 25
    assert all(answer.source and answer.target for _, answer in ANSWERS)
