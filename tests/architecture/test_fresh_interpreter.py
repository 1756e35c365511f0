"""What an import really loads, seen from an interpreter that has loaded nothing yet.

A contract reads import statements; this also sees what is loaded by name at run time.
"""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pytest

from engines.running import registry

ROOT = Path(__file__).parents[2]
PAGE = {"panel", "panel_material_ui", "bokeh", "holoviews", "param", "pyviz_comms"}
KERNELS = {"torch", "numba", "llvmlite"}
LOADED = "import json, sys; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
READ_ALL = """
from engines.running import registry
for name in registry.names({name!r}):
    found = registry.experiment(name)
    found.spec(), found.default(), found.card, found.presets
    found.default().to_json(), registry.code_version(name)
"""


def modules_of(package: str) -> list[str]:
    """Every module of a package, by its full name."""
    folder = str(ROOT / package.replace(".", "/"))
    return sorted(m.name for m in pkgutil.walk_packages([folder], f"{package}."))


def kernel_free_modules(graph) -> list[str]:
    """Modules of ``engines`` that any statement of the page's process imports."""
    page = {"views", "explorer"} | graph.find_descendants("views")
    page |= graph.find_descendants("explorer")
    found = {name for p in page for name in graph.find_modules_directly_imported_by(p)}
    return sorted(name for name in found if name.startswith("engines."))


@pytest.mark.parametrize("name", registry.workbenches())
def test_an_engine_loads_nothing_of_the_page(name, fresh):
    every = "".join(f"import {module}\n" for module in modules_of(f"engines.{name}"))
    assert not PAGE & set(fresh(every + LOADED))


@pytest.mark.parametrize("name", registry.workbenches())
def test_specs_and_cards_are_read_without_kernels(name, fresh):
    model = f"import engines.{name}.model\n" if (ROOT / f"engines/{name}/model.py").exists() else ""
    assert not (PAGE | KERNELS) & set(fresh(READ_ALL.format(name=name) + model + LOADED))


OFFERED = """
import json, types
import engines.{name} as top
print(json.dumps([k for k in top.__all__ if isinstance(getattr(top, k), types.ModuleType)]))
"""


@pytest.mark.parametrize("name", sorted(filter(registry.listed, registry.workbenches())))
def test_a_call_that_is_named_like_its_room_stays_a_call(name, fresh):
    """A folder that loads later would stand under its name in its stead."""
    rooms = "".join(f"import {module}\n" for module in modules_of(f"engines.{name}"))
    assert fresh(rooms + OFFERED.format(name=name)) == []


def test_to_know_what_there_is_loads_no_workbench_whole(fresh):
    """The start of the app waits for this: 0.1 s of computing instead of 0.65 s."""
    code = "import json, sys\nfrom engines.running import registry\n"
    code += "open_ones = [name for name in registry.workbenches() if registry.is_open(name)]\n"
    code += "print(json.dumps([open_ones, sorted(sys.modules)]))"
    open_ones, loaded = fresh(code)
    assert len(open_ones) == 5
    assert not {
        f"engines.{name}.{top}" for name in open_ones for top in ("calls", "results")
    } & set(loaded)
    experiments = [name for name in loaded if name.count(".") == 4 and ".experiments." in name]
    assert len([name for name in experiments if "._" not in name]) < 10


def test_the_engine_process_loads_nothing_of_the_page(fresh):
    every = "".join(f"import {module}\n" for module in modules_of("engines.process"))
    assert not PAGE & set(fresh(every + LOADED))


def test_the_page_process_loads_no_kernels(fresh):
    page = [m for m in (*modules_of("views"), *modules_of("explorer")) if "__main__" not in m]
    every = "".join(f"import {module}\n" for module in page)
    assert not KERNELS & set(fresh(every + LOADED))


TRAIN = """
from engines.pointer import reversal
reversal(n_facts=8, n_words=4, n_seeds=2, n_steps=10)
import json, sys
print(json.dumps([name for name in sys.modules if name == "torch._dynamo"]))
"""


def test_a_first_training_does_not_wait_for_a_compiler_that_it_does_not_use(fresh):
    assert fresh(TRAIN) == []


def test_what_the_page_imports_of_an_engine_loads_no_kernels(graph, fresh):
    used = kernel_free_modules(graph)
    assert "engines.contract" in used
    every = "".join(f"import {module}\n" for module in used)
    assert not KERNELS & set(fresh(every + LOADED))


def test_help_loads_neither_page_nor_kernels(fresh):
    code = (
        "import contextlib, io\nfrom explorer.command import run\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    run(['--help'])\n"
    )
    assert not (PAGE | KERNELS) & set(fresh(code + LOADED))


def test_the_probe_would_see_a_module_loaded_by_name(fresh):
    assert "param" in fresh("import importlib\nimportlib.import_module('param')\n" + LOADED)
