"""``engines <- views <- explorer <- launch.py``: an arrow never runs back."""

from __future__ import annotations

import ast
import contextlib
import io
import logging
from itertools import permutations
from pathlib import Path

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from engines.running import registry

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for d in ("engines", "views", "explorer") for p in ROOT.glob(f"{d}/**/*.py"))
PAGE = ("panel", "panel_material_ui", "bokeh", "holoviews", "param")


def engine_packages(graph: grimp.ImportGraph) -> set[str]:
    """The engines, each by its package; what else lies in ``engines`` all of them share."""
    return {name for name in graph.find_children("engines") if is_engine(graph, name)}


def is_engine(graph: grimp.ImportGraph, name: str) -> bool:
    return f"{name}.experiments" in graph.modules


def view_packages(graph: grimp.ImportGraph) -> set[str]:
    """The views, each by its package; ``views.kit`` all of them share."""
    return {
        name
        for name in graph.find_children("views")
        if name != "views.kit" and graph.find_children(name)
    }


def crossings(graph: grimp.ImportGraph, importer: str, imported: str) -> list[str]:
    """Ways, of any length, by which one package comes to the other."""
    chains = graph.find_shortest_chains(importer, imported, as_packages=True)
    return sorted(" -> ".join(chain) for chain in chains)


def siblings(graph: grimp.ImportGraph, packages: set[str]) -> list[str]:
    """Imports between packages that should not know each other."""
    return [c for a, b in permutations(sorted(packages), 2) for c in crossings(graph, a, b)]


def strangers(graph: grimp.ImportGraph) -> list[str]:
    """Imports of a view that reach into the engine of another workbench."""
    return [
        f"{importer} -> {imported}"
        for view in sorted(view_packages(graph))
        for importer in sorted({view, *graph.find_descendants(view)})
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        for engine in engine_packages(graph)
        if f"{imported}.".startswith(f"{engine}.") and engine.partition(".")[2] != view[6:]
    ]


def test_the_contracts_of_pyproject_hold():
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, told.getvalue()
    # import-linter configures logging for a process of its own and silences everybody's loggers.
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


def test_the_graph_knows_every_engine(graph):
    assert {name.partition(".")[2] for name in engine_packages(graph)} == set(
        registry.workbenches()
    )


def test_no_engine_imports_a_sibling(graph):
    assert not siblings(graph, engine_packages(graph))


def test_no_view_imports_a_sibling(graph):
    assert not siblings(graph, view_packages(graph))


def test_a_view_knows_no_engine_but_its_own(graph):
    assert not strangers(graph)


def test_what_engines_share_imports_none_of_them(graph):
    engines = engine_packages(graph)
    shared = graph.find_children("engines") - engines
    assert not [c for a in sorted(shared) for b in sorted(engines) for c in crossings(graph, a, b)]


def test_what_views_share_imports_none_of_them(graph):
    found = [crossings(graph, "views.kit", view) for view in view_packages(graph)]
    assert not [chain for chains in found for chain in chains]


@pytest.mark.parametrize(
    ("importer", "imported", "rule"),
    [
        ("engines.seventh", "engines.sorting.model", "engines"),
        ("views.seventh.run", "views.sorting.plots", "views"),
        ("views.seventh.run", "engines.sorting.model", "strangers"),
    ],
)
def test_a_planted_import_of_a_new_workbench_is_caught(graph, importer, imported, rule):
    for name in ("engines.seventh", "engines.seventh.experiments"):
        graph.add_module(name)
    for name in ("views.seventh", "views.seventh.run"):
        graph.add_module(name)
    graph.add_import(importer=importer, imported=imported)
    try:
        found = {
            "engines": lambda: siblings(graph, engine_packages(graph)),
            "views": lambda: siblings(graph, view_packages(graph)),
            "strangers": lambda: strangers(graph),
        }[rule]()
        assert found
    finally:
        graph.remove_import(importer=importer, imported=imported)
        for name in ("views.seventh.run", "views.seventh", "engines.seventh"):
            graph.remove_module(name)
        graph.remove_module("engines.seventh.experiments")


def imported_names(path: Path) -> set[str]:
    """Top-level names of a file's import statements."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_nothing_imports_launch():
    assert not [path for path in SOURCES if "launch" in imported_names(path)]


def test_no_engine_names_a_library_of_the_page():
    found = {
        p: imported_names(p) & set(PAGE) for p in SOURCES if p.is_relative_to(ROOT / "engines")
    }
    assert not {path: names for path, names in found.items() if names}


def test_no_relative_imports():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path
