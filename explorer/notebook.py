"""The live workbenches in a notebook, on the same engine process as the app.

>>> from explorer import SortingExplorer       # in a JupyterLab cell
>>> SortingExplorer(n_cells=60)                # doctest: +SKIP
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import holoviews as hv
import panel as pn
from panel_material_ui.base import MaterialComponent

from engines.contract import ExplorerError, Finding, Result, Spec
from engines.process.client import EngineProcess
from engines.running import registry
from explorer.bundles import Run
from explorer.engine import engine_from_settings
from explorer.settings import Settings
from views.kit.catalog import view_type
from views.kit.theme import material

_HEIGHT = 820


class NoLoopError(ExplorerError, RuntimeError):
    """There is no event loop to run the engine process in."""


_engines: dict[asyncio.AbstractEventLoop, EngineProcess] = {}
_starting: set[asyncio.Task[None]] = set()
_prepared = False


def engine() -> EngineProcess:
    """This kernel's engine process, started when it is first asked for.

    Raises:
        NoLoopError: outside a notebook; call the engine's functions there instead.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise NoLoopError(
            "the live workbenches need a notebook's event loop; in a script use the engines "
            "themselves, say engines.sorting.simulate(spec)"
        ) from None
    if loop not in _engines:
        _engines[loop] = engine_from_settings(Settings())
        task = loop.create_task(_engines[loop].start())
        _starting.add(task)
        task.add_done_callback(_starting.discard)
    return _engines[loop]


async def close_engine() -> None:
    """End this kernel's engine process; the next workbench starts a new one."""
    found = _engines.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()


def prepare() -> None:
    """Load the page's scripts from this machine instead of the network (3 MB, once)."""
    global _prepared
    if not _prepared:
        pn.extension(inline=True)
        hv.extension("bokeh", inline=True, logo=False)
        _prepared = True


class Explorer(pn.viewable.Viewer):
    """One experiment, live in a cell. Every field of its spec is an argument."""

    experiment: ClassVar[str] = ""

    def __init__(self, spec: Spec | None = None, *, name: str = "", **fields: Any) -> None:
        """Shows ``spec``, or the experiment's opening spec with other ``fields``, and runs it.

        Raises:
            SpecError: a field that does not exist or does not fit.
        """
        prepare()
        super().__init__()
        chosen = name or self.experiment
        base = spec or registry.experiment(chosen).default()
        self.view = view_type(chosen)(
            chosen, engine(), spec=base.replace(**fields) if fields else base
        )
        self.view.restore_run()

    @property
    def spec(self) -> Spec:
        """What the controls say now."""
        return self.view.controls.spec()

    @property
    def result(self) -> Result | None:
        """The newest result, None until one has come."""
        return self.view.result

    @property
    def ran(self) -> Run | None:
        """The newest result with the spec it came from, None until one has come."""
        job = self.view.runner.job
        if self.view.result is None or job is None:
            return None
        return Run(self.view.experiment_name, job.spec, self.view.result)

    @property
    def claims(self) -> tuple[Finding, ...]:
        """What the newest result says of the experiment's claims; empty until one has come."""
        found = self.result
        return () if found is None else self.view.experiment.findings(found)

    async def run(self) -> Result:
        """Run what the controls say and wait for the result."""
        job = self.view.run()
        if job is None:
            raise ExplorerError(self.view.runner.bar.sentence)
        return await job.ended()

    def __panel__(self) -> pn.Column:
        """The view, as tall as a cell can be looked at."""
        sizes = {
            "--nx-view-height": f"{_HEIGHT}px",
            "--nx-left": "236px",
            "--nx-right": "230px",
        }
        cell = pn.Column(
            self.view, styles=sizes, height=_HEIGHT, sizing_mode="stretch_width", margin=0
        )
        for part in cell.select(MaterialComponent):
            part.param.update(theme_config=material())  # in the app inherited from the page
        return cell


class SortingExplorer(Explorer):
    """Self-sorting arrays: ``SortingExplorer(n_cells=60, n_frozen=3)``."""

    experiment = "sorting/run"


class GeometryExplorer(Explorer):
    """Networks that learn side by side: ``GeometryExplorer(n_points=4, alignment=0.25)``."""

    experiment = "geometry/studio"


def claims(name: str, result: Result) -> tuple[Finding, ...]:
    """Every claim of an experiment that a result of it tests, judged.

    >>> claims("sorting/ensemble", result)     # doctest: +SKIP
    """
    return registry.experiment(name).findings(result)


def explore(name: str, **fields: Any) -> Explorer:
    """Any experiment by name: ``explore("sorting/ensemble", n_runs=50)``."""
    return Explorer(name=name, **fields)
