"""A file more is an experiment, a folder more a family or a workbench. No list is edited.

The file is the example of CONTRIBUTING.md; ``tests/ui/test_extension.py`` looks at it in the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

PLACES = """
import json
from engines.running import registry
from views.kit.catalog import view_type
found = registry.experiment({name!r})
print(json.dumps({{
    "workbenches": registry.workbenches(),
    "listed": registry.listed({name!r}.split("/")[0]),
    "families": [
        [f.title, f.sentence, f.members] for f in registry.families({name!r}.split("/")[0])
    ],
    "presets": list(found.presets),
    "view": view_type({name!r}).__name__,
    "file": __import__("sys").modules[found.spec.__module__].__file__,
}}))
"""
IN_THE_ENGINE = """
import asyncio, json, os, tempfile
from pathlib import Path
from engines.running import registry
from engines.process.client import EngineProcess
from engines.process.settings import EngineSettings

async def main():
    spec = registry.experiment({name!r}).spec(n_steps=40, seed=5)
    counted = []
    with tempfile.TemporaryDirectory() as folder:
        async with EngineProcess(EngineSettings(warm=False, cache_dir=Path(folder))) as engine:
            job = engine.submit(spec, owner="me", view="mine")
            job.listen(lambda told: counted.append(told.state.status))
            result = await job.ended()
            again = engine.submit(spec, owner="me", view="mine")
            cached = await again.ended()
    here = registry.experiment({name!r}).result(spec)
    print(json.dumps({{
        "same": result.mean_squared_distance.tobytes() == here.mean_squared_distance.tobytes(),
        "cached": again.state.from_cache != ""
        and cached.mean_squared_distance.tobytes() == here.mean_squared_distance.tobytes(),
        "running": "running" in counted,
    }}))

if __name__ == "__main__":
    asyncio.run(main())
"""
IN_A_CELL = """
import asyncio, json, warnings
from explorer import close_engine, explore

async def main():
    shown = explore({name!r}, n_walkers=50, n_steps=30, seed=7)
    result = await shown.run()
    labels = [w.label for w in shown.view.__panel__().select() if hasattr(w, "label")]
    await asyncio.sleep(0.3)
    figures = shown.view.pictures.objects
    print(json.dumps({{
        "steps": len(result.mean_squared_distance),
        "spec": json.loads(shown.spec.to_json()),
        "pictures": len(figures),
        "labels": [str(label) for label in labels],
    }}))
    await close_engine()

if __name__ == "__main__":
    asyncio.run(main())
"""
IN_VERIFY = """
import io, json
from explorer.verify import verify
told = io.StringIO()
status = verify({workbench!r}, full=False, out=told)
print(json.dumps([status, told.getvalue()]))
"""


@pytest.fixture(params=["sixth/walk", "sorting/walk"])
def name(request) -> str:
    """The example in a workbench of its own, and among the experiments of another."""
    return request.param


@pytest.fixture
def folder(name: str, request: pytest.FixtureRequest) -> Path:
    """What to put on the import path for it."""
    return request.getfixturevalue("sixth" if name == "sixth/walk" else "grown")


def script(folder: Path, text: str) -> str:
    """Code that runs a file: worker processes must be able to import what started them."""
    file = folder / "script.py"
    file.write_text(text, encoding="utf-8")
    return f"import runpy; runpy.run_path({str(file)!r}, run_name='__main__')"


def test_the_registry_finds_it_and_the_generic_view_shows_it(name, folder, fresh):
    found = fresh(PLACES.format(name=name), folder)
    assert name.partition("/")[0] in found["workbenches"]
    assert name in found["listed"]
    own = ["Walks", ""] if name == "sixth/walk" else ["Random walks", "Walkers that toss coins."]
    assert [*own, [name]] in found["families"]
    assert found["presets"] == ["Few", "Many"]
    assert found["view"] == "GenericView"
    assert Path(found["file"]).is_relative_to(folder)


@pytest.mark.process
def test_the_engine_process_runs_and_caches_it(name, folder, fresh):
    found = fresh(script(folder, IN_THE_ENGINE.format(name=name)), folder)
    assert found == {"same": True, "cached": True, "running": True}


@pytest.mark.process
def test_a_notebook_cell_shows_it(name, folder, fresh):
    found = fresh(script(folder, IN_A_CELL.format(name=name)), folder)
    assert found["steps"] == 30
    assert found["spec"] == {"n_walkers": 50, "n_steps": 30, "seed": 7}
    assert found["pictures"] == 1
    assert {"Walkers", "Steps", "Seed"} <= set(found["labels"])


def test_verify_recomputes_its_known_answer(sixth, fresh):
    status, told = fresh(IN_VERIFY.format(workbench="sixth"), sixth)
    assert status == 0, told
    assert "mean squared distance after 60 steps | closed form" in told
    assert "1 of 1 reproduced" in told
    assert "Walkers that turn at random" in told
    assert "claims: 1 holds" in told
