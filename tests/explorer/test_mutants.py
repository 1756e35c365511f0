"""Verification bites: a rule broken in one line on purpose is noticed.

``EXPLORER_MUTANTS=1 python -m pytest tests/explorer/test_mutants.py`` tries them all (some minutes).
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from engines.contract import SpecError
from engines.running import registry
from explorer import mutants
from explorer.mutants import Mutant, Scratch

ROOT = Path(__file__).parents[2]
ALL = mutants.mutants()
WORKBENCHES = sorted(filter(registry.listed, registry.workbenches()))


def name(mutant: Mutant) -> str:
    return f"{mutant.workbench}: {mutant.name}"


def test_at_least_forty_rules_over_all_workbenches_are_broken():
    assert len(ALL) >= 40
    assert {mutant.workbench for mutant in ALL} == set(WORKBENCHES)
    assert len({name(mutant) for mutant in ALL}) == len(ALL)


@pytest.mark.parametrize("mutant", ALL, ids=name)
def test_every_old_line_stands_there_once_and_every_test_exists(mutant):
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert mutant.broken(text) != text
    assert mutant.notices
    for check in mutant.notices:
        if "::" in check:
            file, _, function = check.partition("::")
            assert f"def {function.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8")
        else:
            experiment = check.partition(" | ")[0]
            assert experiment in registry.names(experiment.partition("/")[0])


def test_a_line_that_has_moved_on_is_said():
    gone = Mutant("sorting", "x", "engines/x.py", "    a < b", "    a <= b", ())
    with pytest.raises(SpecError, match="should hold the line 'a < b' once, it holds it 0 times"):
        gone.broken("    a > b\n")


def test_a_workbench_without_a_list_is_refused():
    out = io.StringIO()
    assert mutants.mutate("nothing", out=out) == 2
    assert "there are: connectome, diagrams, geometry, pointer, sorting" in out.getvalue()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Scratch:
    return Scratch(ROOT, tmp_path_factory.mktemp("mutants"))


@pytest.mark.skipif("EXPLORER_MUTANTS" not in os.environ, reason="takes minutes; set it to try")
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("mutant", ALL, ids=name)
def test_a_broken_rule_is_noticed_and_a_whole_one_passes(scratch, mutant):
    outcome, check = scratch.tried(mutant)
    assert outcome == "noticed"
    assert scratch.status(check) == 0
