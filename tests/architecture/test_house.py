"""Rules of the house that can be counted."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from pathlib import Path

import param
import pytest

from engines.contract import Spec
from engines.running import registry

ROOT = Path(__file__).parents[2]
PACKAGES = ("engines", "views", "explorer")
PYTHON = sorted(p for d in (*PACKAGES, "benchmarks") for p in ROOT.glob(f"{d}/**/*.py"))
PYTHON.append(ROOT / "launch.py")
SCRIPTS = sorted(p for d in PACKAGES for end in ("js", "css") for p in ROOT.glob(f"{d}/**/*.{end}"))
TESTS = sorted(ROOT.glob("tests/**/*.py"))
LINES_MAX, TEST_LINES_MAX, FUNCTION_LINES_P90 = 400, 500, 25
# A canvas starts with black ink, and so does the recorder of its drawings.
COLOURS_ALLOWED = {"views/kit/js/svg.js": {"#000"}}
COLOUR = re.compile(r"(?<![&\w])#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\((?!0 0 0 /)\s*\d")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def n_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def undocumented(node: ast.AST, name: str) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring; not those inside."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, documented) and ast.get_docstring(node) is None:
        yield name
    if isinstance(node, ast.Module | ast.ClassDef):
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        for child in node.body:
            if isinstance(child, kinds) and not child.name.startswith("_"):
                yield from undocumented(child, f"{name}:{child.name}")


def test_no_file_is_longer_than_400_lines():
    assert not {place(p): n for p in (*PYTHON, *SCRIPTS) if (n := n_lines(p)) > LINES_MAX}


def test_no_test_file_is_longer_than_500_lines():
    assert not {place(p): n for p in TESTS if (n := n_lines(p)) > TEST_LINES_MAX}


def test_functions_are_short():
    lengths = sorted(length(f) for p in PYTHON for f in functions(p))
    assert lengths[int(0.9 * len(lengths))] <= FUNCTION_LINES_P90


def test_everything_public_has_a_docstring():
    packages = [p for p in PYTHON if not place(p).startswith("benchmarks/")]
    assert not [name for p in packages for name in undocumented(tree(p), place(p))]


def test_nothing_prints_but_launch_and_benchmarks():
    spared = {ROOT / "launch.py", *ROOT.glob("benchmarks/*.py")}
    calls = (n for p in PYTHON if p not in spared for n in ast.walk(tree(p)))
    names = [getattr(n.func, "id", "") for n in calls if isinstance(n, ast.Call)]
    assert "print" not in names


def test_nothing_is_left_for_later():
    # The words are put together here so that this file does not hold them.
    later = re.compile(
        r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b"
    )
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    files = [*PYTHON, *SCRIPTS, *TESTS, *pages]
    assert not [place(p) for p in files if later.search(p.read_text(encoding="utf-8"))]


def test_suppressions_are_rare():
    marks = re.compile(r"# (noqa|type: ignore|pyright: ignore)")
    n_marks = sum(len(marks.findall(p.read_text(encoding="utf-8"))) for p in PYTHON)
    assert n_marks <= sum(map(n_lines, PYTHON)) / 500


def colours(path: Path) -> list[str]:
    allowed = COLOURS_ALLOWED.get(place(path), set())
    found = COLOUR.findall(path.read_text(encoding="utf-8"))
    return [colour for colour in found if colour not in allowed]


@pytest.mark.parametrize(
    "path",
    [p for p in (*PYTHON, *SCRIPTS) if place(p).startswith(("views/", "explorer/"))],
    ids=place,
)
def test_colours_come_from_the_tokens(path):
    assert not colours(path)


def test_the_colour_reader_sees_colours():
    seen = ("color: #1a2B3c;", "x = '#fff'", "rgb(12 3 4)", "hsla(120, 1%, 2%, 1)")
    assert all(COLOUR.search(text) for text in seen)
    unseen = ("rgb(0 0 0 / .12)", "&#39;", "`#${hex}`", "this.#pen", "rgb(${red})")
    assert not any(COLOUR.search(text) for text in unseen)


def specs_within(spec: type[Spec]) -> Iterator[type[Spec]]:
    """The spec and the specs its fields hold."""
    yield spec
    for info in spec.model_fields.values():
        yield from specs_named(info.annotation)


def specs_named(annotation: object) -> Iterator[type[Spec]]:
    if inspect.isclass(annotation) and issubclass(annotation, Spec):
        yield from specs_within(annotation)
    for part in typing.get_args(annotation):
        yield from specs_named(part)


@pytest.mark.parametrize("name", registry.all_names())
def test_every_knob_has_a_label_and_a_sentence_of_help(name):
    fields = {
        f"{spec.__name__}.{field}": info
        for spec in specs_within(registry.experiment(name).spec)
        for field, info in spec.model_fields.items()
    }
    assert not [field for field, info in fields.items() if not info.title or not info.description]
    unfinished = [
        f for f, info in fields.items() if not (info.description or "").endswith((".", "?"))
    ]
    assert not unfinished


@pytest.mark.parametrize("name", registry.all_names())
def test_every_experiment_says_what_it_shows(name):
    card = registry.experiment(name).card
    assert card.title
    assert card.claim.endswith((".", "?"))
    assert card.paper


def component_types() -> Iterator[type[param.Parameterized]]:
    """Every param class that our pages define."""
    for package in ("views", "explorer"):
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if found.name.endswith("__main__"):
                continue
            for value in vars(importlib.import_module(found.name)).values():
                is_class = inspect.isclass(value) and issubclass(value, param.Parameterized)
                if is_class and value.__module__ == found.name:
                    yield value


def test_every_parameter_of_a_component_is_documented():
    types = list(component_types())
    assert types
    parameters = [(t, n, p) for t in types for n, p in vars(t).items()]
    assert not [
        f"{t.__module__}.{t.__name__}.{name}"
        for t, name, p in parameters
        if isinstance(p, param.Parameter) and name != "name" and not p.doc
    ]


def workbenches() -> list[str]:
    """Those with something for people."""
    return [name for name in registry.workbenches() if registry.listed(name)]


@pytest.mark.parametrize("name", workbenches())
def test_a_workbench_has_all_its_partners(name):
    wanted = [
        f"tests/engines/{name}/**/test_*.py",
        f"docs/{name}.md",
        f"examples/{name}.ipynb",
        f"benchmarks/{name}.py",
    ]
    if (ROOT / "views" / name).exists():
        wanted.append(f"tests/views/{name}/test_*.py")
    assert not [pattern for pattern in wanted if not list(ROOT.glob(pattern))]
