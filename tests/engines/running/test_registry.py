"""Workbenches and experiments are found by where they lie."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import engines
from engines.contract import ExplorerError
from engines.running import registry

FILE = """
from dataclasses import dataclass
from engines.contract import Card, Experiment, Result, Spec

class {name}Spec(Spec):
    n: int = 1

@dataclass(frozen=True)
class {name}Result(Result):
    n: int

def frames(spec):
    yield {name}Result(spec.n)

EXPERIMENT = Experiment({name}Spec, frames, Card("{name}", "a claim", "none"))
"""


def forget():
    for cached in ("workbenches", "_modules", "experiment", "families", "code_version"):
        getattr(registry, cached).cache_clear()
    importlib.invalidate_caches()


@pytest.fixture
def elsewhere(tmp_path):
    """A folder named engines somewhere else on the import path, with a workbench in it."""
    folder = tmp_path / "engines" / "newbench" / "experiments" / "beginnings"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent, folder.parent.parent):
        (package / "__init__.py").touch()
    (folder / "first.py").write_text(FILE.format(name="First"))
    engines.__path__.append(str(tmp_path / "engines"))
    forget()
    yield folder
    engines.__path__.remove(str(tmp_path / "engines"))
    for name in [name for name in sys.modules if name.startswith("engines.newbench")]:
        del sys.modules[name]
    forget()


def test_a_new_workbench_is_new_folders_only(elsewhere):
    assert "newbench" in registry.workbenches()
    assert registry.names("newbench") == ("newbench/first",)
    assert "newbench/first" in registry.all_names()
    found = registry.experiment("newbench/first")
    assert found.card.title == "First"
    assert registry.name_of(found.spec) == "newbench/first"
    assert found.result(found.spec(n=3)).n == 3


def test_a_new_experiment_is_one_file(elsewhere):
    (elsewhere / "second.py").write_text(FILE.format(name="Second"))
    (elsewhere / "_helper.py").write_text("raise RuntimeError('not an experiment')")
    forget()
    assert registry.names("newbench") == ("newbench/first", "newbench/second")


def test_a_new_family_is_one_folder(elsewhere):
    folder = elsewhere.parent / "later_work"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""What came later.\n\nMore of it."""\n')
    (folder / "last.py").write_text(FILE.format(name="Last"))
    forget()
    first, second = registry.families("newbench")
    assert (first.title, first.sentence, first.members) == ("Beginnings", "", ("newbench/first",))
    assert (second.title, second.sentence) == ("Later work", "What came later.")
    assert registry.family_of("newbench/last") == "later_work"


def test_every_family_of_ours_says_what_it_holds():
    families = [f for w in registry.workbenches() for f in registry.families(w)]
    assert not [f"{f.workbench}/{f.name}" for f in families if not f.sentence.endswith(".")]
    listed = [name for w in registry.workbenches() for name in registry.listed(w)]
    assert sorted(name for f in families for name in f.members) == sorted(listed)


def test_one_name_in_two_families_is_said(elsewhere):
    folder = elsewhere.parent / "again"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "first.py").write_text(FILE.format(name="Other"))
    forget()
    with pytest.raises(ExplorerError, match="two experiments are named 'newbench/first'"):
        registry.names("newbench")


def test_other_code_gives_another_version(elsewhere):
    before = registry.code_version("newbench/first")
    assert registry.code_version("newbench/first") == before
    (elsewhere.parents[1] / "model.py").write_text("x = 1\n")
    forget()
    changed = registry.code_version("newbench/first")
    assert changed != before
    (elsewhere.parents[1] / "model.py").write_text("x = 2\n")
    forget()
    assert registry.code_version("newbench/first") not in (before, changed)


def test_another_workbenchs_code_changes_nothing(elsewhere):
    names = [name for name in registry.all_names() if not name.startswith("newbench")]
    before = [registry.code_version(name) for name in names]
    (elsewhere / "third.py").write_text(FILE.format(name="Third"))
    forget()
    assert [registry.code_version(name) for name in names] == before


def test_unknown_names_are_answered_with_the_known_ones(elsewhere):
    with pytest.raises(registry.UnknownExperimentError, match="newbench/first"):
        registry.experiment("newbench/none")
    with pytest.raises(registry.UnknownExperimentError, match="newbench"):
        registry.names("none")
    with pytest.raises(registry.UnknownExperimentError, match="no experiment runs a int"):
        registry.name_of(int)


def test_a_file_without_an_experiment_is_said(elsewhere):
    (elsewhere / "empty.py").write_text("x = 1\n")
    forget()
    with pytest.raises(registry.UnknownExperimentError, match="defines no EXPERIMENT"):
        registry.experiment("newbench/empty")


@pytest.mark.parametrize("name", ["", "/", "sorting", "../../etc/passwd", "os/path", "a/b/c"])
def test_names_are_never_paths(name):
    with pytest.raises(registry.UnknownExperimentError):
        registry.experiment(name)


def test_a_folder_on_the_import_path_adds_workbenches_to_any_process(elsewhere):
    root = str(Path(engines.__file__).parents[1])
    code = "from engines.running import registry; print(registry.names('newbench'))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{root}:{elsewhere.parents[3]}", "PATH": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "newbench/first" in found.stdout


def test_reading_cards_and_specs_costs_no_torch():
    code = (
        "import sys; from engines.running import registry; "
        "[registry.experiment(name).card for name in registry.all_names()]; "
        "assert 'torch' not in sys.modules and 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
