"""From a press of Run to a result on screen: one job at a time, newest state only."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any

from engines.contract import ExplorerError, Frame, Result, Spec
from engines.running.compute import Compute, Job, JobState, Status
from views.kit.components import RunBar, current_document, when_unlocked

BAR_EVERY_S = 0.2
"""How often the run bar follows a run whose status stays the same."""


class Asker:
    """Asks for one spec after another and tells the newest job's changes in the document.

    Engine callbacks arrive without a document lock, so they only remember that something is new;
    one flush per tick of the document hands on the newest state.
    """

    def __init__(
        self, compute: Compute, owner: str, view: str, on_change: Callable[[Job], None]
    ) -> None:
        """``on_change(job)`` is called in the document after every change of the newest job."""
        self.compute, self.owner, self.view = compute, owner, view
        self._on_change = on_change
        self.job: Job | None = None
        self._document: Any = None
        self._flushing = False

    def ask(self, spec: Spec, *, recompute: bool = False) -> Job:
        """Submit a spec; raises ExplorerError when it cannot be asked for."""
        job = self.compute.submit(spec, owner=self.owner, view=self.view, recompute=recompute)
        self._document = current_document()
        self.job = job
        heard = weakref.WeakMethod(self._hear)

        def hear(told: Job) -> None:
            # The engine outlives every view, so it must not hold one.
            method = heard()
            if method is not None:
                method(told)

        job.listen(hear)
        self._flush()
        return job

    def _hear(self, job: Job) -> None:
        if job is self.job and not self._flushing:
            self._flushing = True
            when_unlocked(self._document, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self.job is not None:
            self._on_change(self.job)


class Runner:
    """Runs the specs of one view and keeps its run bar true."""

    def __init__(
        self,
        compute: Compute,
        *,
        owner: str,
        view: str,
        spec: Callable[[], Spec],
        on_frame: Callable[[Frame], None],
        on_result: Callable[[Result, Job], None],
        on_error: Callable[[str], None],
        on_run: Callable[[], object] | None = None,
        on_stopped: Callable[[Job], None] = lambda _job: None,
    ) -> None:
        """``spec`` is asked at every run; the others are told in the document.

        ``on_run`` is what a press of Run does when that is more than `run`; ``on_stopped`` is
        told of a run that ended without a result.
        """
        self.asker = Asker(compute, owner, view, self._show)
        self._spec, self._on_frame, self._on_result = spec, on_frame, on_result
        self._on_error, self._on_run = on_error, on_run or self.run
        self._on_stopped = on_stopped
        self._bar_shown_s = -BAR_EVERY_S
        self._quiet = False
        self.bar = RunBar(on_press=self.press)
        self._seen: tuple[Job | None, Frame | None, JobState | None] = (None, None, None)

    @property
    def compute(self) -> Compute:
        """Where the work is done."""
        return self.asker.compute

    @property
    def job(self) -> Job | None:
        """The newest job."""
        return self.asker.job

    def press(self, button: str) -> None:
        """What the run bar's buttons do."""
        if button == "run":
            self._on_run()
        elif button == "recompute":
            self.run(recompute=True)
        elif self.job is not None and not self.job.state.status.final:
            act = {
                "pause": self.compute.pause,
                "resume": self.compute.resume,
                "stop": self.compute.cancel,
            }
            act[button](self.job)

    def hush(self, quiet: bool) -> None:
        """Leave the bar as it is while answers come as fast as they are asked for."""
        self._quiet = quiet
        if not quiet and self.job is not None:
            self._bar_shown_s = -BAR_EVERY_S
            self._show_bar(self.job)

    def run(self, spec: Spec | None = None, *, recompute: bool = False) -> Job | None:
        """Submit a spec (the view's own when none is given); a wrong one becomes a notice."""
        try:
            return self.asker.ask(spec or self._spec(), recompute=recompute)
        except ExplorerError as error:
            self.bar.param.update(status="failed", fraction=-1.0, sentence=str(error), cached=False)
            self._on_error(str(error))
            return None

    def _show(self, job: Job) -> None:
        seen_job, frame, state = self._seen
        fresh = job is not seen_job
        self._seen = (job, job.frame, job.state)
        self._show_bar(job)
        if job.frame is not None and (fresh or job.frame is not frame) and job.result is None:
            self._on_frame(job.frame)
        if not job.state.status.final or (not fresh and state is job.state):
            return
        if job.result is not None:
            self._on_result(job.result, job)
            return
        if job.state.status in (Status.FAILED, Status.CRASHED):
            self._on_error(job.state.sentence)
        self._on_stopped(job)

    def _show_bar(self, job: Job) -> None:
        # Frames come up to sixty times a second; words need not, and would hold them up.
        status, now = job.state.status, time.monotonic()
        same = str(status) == self.bar.status and not status.final
        if self._quiet or (same and now - self._bar_shown_s < BAR_EVERY_S):
            return
        self._bar_shown_s = now
        self.bar.param.update(**bar_state(job))


def bar_state(job: Job) -> dict[str, Any]:
    """What the run bar shows of a job."""
    state = job.state
    known = state.fraction == state.fraction  # false for nan
    return {
        "status": str(state.status),
        "fraction": 1.0 if state.status is Status.DONE else state.fraction if known else -1.0,
        "sentence": state.sentence or _sentence(state),
        "cached": bool(state.from_cache),
    }


def _sentence(state: JobState) -> str:
    seconds = f"{state.elapsed_s:.1f} s"
    if state.from_cache:
        when = datetime.fromisoformat(state.from_cache).astimezone()
        return f"from cache, computed {when:%Y-%m-%d %H:%M}"
    percent = f"{100 * state.fraction:.0f} %, " if state.fraction == state.fraction else ""
    return {
        Status.QUEUED: f"waiting, {state.queued_ahead} ahead" if state.queued_ahead else "waiting",
        Status.RUNNING: f"running, {percent}{seconds}",
        Status.PAUSED: f"paused at {percent}{seconds}",
        Status.DONE: f"done in {seconds}",
        Status.CANCELLED: "stopped; what had come is kept",
        Status.REPLACED: "replaced by a newer request",
    }.get(state.status, str(state.status))
