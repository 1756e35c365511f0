"""What one page remembers: its changes, to undo and redo, and its place in the browser's desk."""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from collections.abc import Callable
from typing import Any

from engines.contract import ExplorerError, Spec
from explorer.desks import Desks
from explorer.history import History, sentence_from_step, step_between
from explorer.sessions import Json, SavedPage, app_version, json_from_spec, spec_from_fields
from views.kit.workbench import ExperimentView

SAVED_EVERY_S = 2.0
_JOINED_S = 0.9
"""Changes of one setting that follow each other faster are one: a slider was drawn."""
_log = logging.getLogger(__name__)


class Memory:
    """Follows one view; ``desks`` None keeps everything in memory only."""

    def __init__(
        self,
        view: ExperimentView,
        base: Spec,
        desks: Desks | None,
        say: Callable[[str], None],
        warn: Callable[[str], None] = _log.warning,
    ) -> None:
        """Take up what this browser left of the experiment.

        ``say`` tells what was taken back; ``warn``, called from the loop at any time, that nothing
        can be saved.
        """
        self._view, self._base, self._desks, self._say = view, base, desks, say
        self._warn, self._warned = warn, False
        self._noted_s = -_JOINED_S
        self._dirty = self._waiting = False
        self._last = self._now()
        self.history = History()
        self._arrive()

    def _arrive(self) -> None:
        """What was left is one change away when the address says something else."""
        left = _left(self._desks, self._view.experiment_name)
        if left is None or self._last is None:
            return
        self.history = History(left.past, left.future)
        spec, _ = spec_from_fields(self._base, left.fields)
        before = (json_from_spec(spec), left.selection)
        # What is selected often comes with the run's answer, so settings alone decide.
        if before[0] != self._last[0]:
            self.history.note(step_between((before[0], {}), (self._last[0], {})))

    def look(self, *_events: Any) -> None:
        """Something may have changed: remember it, and save it soon."""
        now = self._now()
        if now is None or now == self._last:
            return
        if self._last is not None:
            moment = time.monotonic()
            joined = moment - self._noted_s < _JOINED_S
            self.history.note(step_between(self._last, now), joined=joined)
            self._noted_s = moment
        self._last = now
        self.save_soon()

    def undo(self) -> None:
        """Take the last change back and say which."""
        self.look()
        self._go(self.history.back(), 0)

    def redo(self) -> None:
        """Make it again."""
        self.look()
        self._go(self.history.forth(), 1)

    def _go(self, step: Any, side: int) -> None:
        if step is None or self._last is None:
            self._say("There is nothing to undo." if side == 0 else "There is nothing to redo.")
            return
        view, (fields, selection) = self._view, self._last
        was_run = view.runner.job is not None and view.runner.job.spec == view.spec()
        wanted = {**fields, **{name: pair[side] for name, pair in step.fields.items()}}
        spec, _ = spec_from_fields(self._base, wanted)
        chosen = {**selection, **{name: pair[side] for name, pair in step.selection.items()}}
        view.take(spec)
        view.select({**view.unselected(), **{k: v for k, v in chosen.items() if v is not None}})
        if was_run and step.fields:
            view.run()
        self._last = self._now() or self._last
        self._noted_s = -_JOINED_S
        self._say(sentence_from_step(step, type(self._base), undone=side == 0))
        self.save_soon()

    def saved_page(self) -> SavedPage | None:
        """This page for a session file; None while knobs do not fit together."""
        now = self._now() or self._last
        if now is None:
            return None
        return SavedPage(
            experiment=self._view.experiment_name,
            fields=now[0],
            selection=now[1],
            past=self.history.past,
            future=self.history.future,
        )

    def save_soon(self) -> None:
        """Save once in a while, beside the page's loop."""
        self._dirty = True
        page = self.saved_page()
        if self._desks is not None and page is not None:
            self._desks.note(page.experiment.partition("/")[0], page)
        if self._waiting or self._desks is None:
            return
        self._waiting = True
        mine = weakref.ref(self)

        def later() -> None:
            memory = mine()
            if memory is not None:
                memory._waiting = False
                memory.save_in_thread()

        try:
            asyncio.get_running_loop().call_later(SAVED_EVERY_S, later)
        except RuntimeError:  # a script has no loop and saves at once
            self._waiting = False
            self.save()

    def save_in_thread(self) -> None:
        """Write what is new beside the page's loop."""
        page = self.saved_page() if self._dirty else None
        self._dirty = False
        if page is not None:
            written = asyncio.get_running_loop().run_in_executor(None, self._write, page)
            written.add_done_callback(lambda done: self._judge(done.result()))

    def save(self) -> None:
        """Write what is new, at once: the page is about to end."""
        page = self.saved_page() if self._dirty else None
        self._dirty = False
        if page is not None:
            self._write(page)

    def _judge(self, failure: str) -> None:
        """Tell a failure once, until saving works again."""
        if failure and not self._warned:
            self._warn(f"This page is no longer saved by itself: {failure}")
        self._warned = bool(failure)

    def _write(self, page: SavedPage) -> str:
        """Why it could not be written; empty when it was."""
        if self._desks is None:
            return ""
        workbench = self._view.experiment_name.partition("/")[0]
        try:
            self._desks.remember(workbench, page, app_version())
        except ExplorerError as error:
            _log.warning("not saved: %s", error)
            return str(error)
        return ""

    def _now(self) -> tuple[Json, Json] | None:
        try:
            return json_from_spec(self._view.spec()), dict(self._view.selection())
        except ExplorerError:
            return None  # a knob is being edited


def _left(desks: Desks | None, name: str) -> SavedPage | None:
    try:
        return desks.left(name) if desks is not None else None
    except ExplorerError:
        return None  # it was damaged and has been set aside
