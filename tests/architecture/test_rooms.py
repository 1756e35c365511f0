"""Rooms: a folder is a stage of the data's way, arrows go down, and no import runs in a circle."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import grimp
import networkx as nx
import pytest

from engines.running import registry

ROOT = Path(__file__).parents[2]
ENGINES = ROOT / "engines"
MODULES_MAX = 16
WORKBENCHES = sorted(filter(registry.listed, registry.workbenches()))
SHARED = sorted(
    path.parent.name
    for path in ENGINES.glob("*/__init__.py")
    if path.parent.name not in registry.workbenches()
)
ROOMED = [*WORKBENCHES, *SHARED]


@pytest.fixture(scope="module")
def rooms() -> ModuleType:
    """The command that draws the rooms."""
    spec = importlib.util.spec_from_file_location("rooms", ROOT / "docs" / "rooms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rooms"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def imports(rooms) -> grimp.ImportGraph:
    """Every import statement of engines; those in functions and for type checkers count."""
    return rooms.import_graph()


def circles(found: nx.DiGraph) -> list[list[str]]:
    return [sorted(part) for part in nx.strongly_connected_components(found) if len(part) > 1]


def by_module(imports: grimp.ImportGraph, package: str) -> nx.DiGraph:
    """Module to module, within one package."""
    modules = {package, *imports.find_descendants(package)}
    found = nx.DiGraph()
    for module in modules:
        others = imports.find_modules_directly_imported_by(module) & modules
        found.add_edges_from((module, other) for other in others)
    return found


def by_folder(imports: grimp.ImportGraph, package: str) -> nx.DiGraph:
    """Folder to folder, however deep; files loose at the top stand for themselves."""

    def folder(module: str) -> str:
        above = module if is_folder(module) else module.rpartition(".")[0]
        return module if above == package else above

    found = nx.DiGraph()
    for one, other in by_module(imports, package).edges:
        found.add_edge(folder(one), folder(other))
    found.remove_edges_from(list(nx.selfloop_edges(found)))
    return found


def is_folder(module: str) -> bool:
    return ROOT.joinpath(*module.split(".")).is_dir()


def folders(name: str) -> list[Path]:
    return sorted(path.parent for path in (ENGINES / name).rglob("__init__.py"))


def modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def test_the_finder_of_circles_sees_imports_in_functions_and_for_type_checkers(tmp_path):
    (tmp_path / "ring").mkdir()
    (tmp_path / "ring" / "__init__.py").touch()
    files = {
        "a": "def late():\n    from ring import b\n",
        "b": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ring.c import C\n",
        "c": "import ring.a\n",
    }
    for name, text in files.items():
        (tmp_path / "ring" / f"{name}.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        graph = grimp.build_graph("ring", cache_dir=None, exclude_type_checking_imports=False)
    finally:
        sys.path.remove(str(tmp_path))
    assert circles(by_module(graph, "ring")) == [["ring.a", "ring.b", "ring.c"]]


@pytest.mark.parametrize("name", ROOMED)
def test_no_import_runs_in_a_circle(imports, name):
    assert not circles(by_module(imports, f"engines.{name}"))


@pytest.mark.parametrize("name", ROOMED)
def test_arrows_between_rooms_go_down_only(imports, name):
    assert not circles(by_folder(imports, f"engines.{name}"))


def test_arrows_between_the_rooms_of_engines_go_down_only(rooms, imports):
    assert not circles(rooms.house(imports))


@pytest.mark.parametrize("name", ROOMED)
def test_no_folder_holds_more_than_16_modules(name):
    full = {str(path.relative_to(ROOT)): len(modules(path)) for path in folders(name)}
    assert not {path: n for path, n in full.items() if n > MODULES_MAX}


@pytest.mark.parametrize("name", ROOMED)
def test_every_folder_says_in_a_sentence_what_it_holds(name):
    for folder in folders(name):
        tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
        first = (ast.get_docstring(tree) or "").split("\n\n")[0]
        assert first.endswith("."), folder
        assert "To be written" not in first, folder


@pytest.mark.parametrize("name", WORKBENCHES)
def test_experiments_lie_in_families(name):
    experiments = ENGINES / name / "experiments"
    assert all(stem.startswith("_") for stem in modules(experiments))
    assert not list(experiments.glob("*/*/*.py"))


@pytest.mark.parametrize("name", WORKBENCHES)
def test_the_folders_of_tests_are_rooms(name):
    beside = ROOT / "tests" / "engines" / name
    tested = {path.parent.relative_to(beside) for path in beside.rglob("test_*.py")}
    assert not [str(folder) for folder in tested if not (ENGINES / name / folder).is_dir()]


def test_rooms_are_drawn_as_they_are(rooms):
    """``python docs/rooms.py`` draws them again."""
    late = [
        str(path.relative_to(ROOT))
        for path, text in rooms.files()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert not late, "run python docs/rooms.py"


@pytest.mark.parametrize("name", WORKBENCHES)
def test_every_workbench_shows_its_rooms(rooms, name):
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert rooms.BEGIN in page
