"""From a press of Run to a result on screen: one job at a time, newest state only."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from engines.boundary import codec
from engines.boundary.shipped import Shipped
from engines.contract import ExplorerError, Frame, Result, Spec
from engines.running.compute import Compute, Job, JobState, Status
from views.kit.acknowledged import Acknowledged
from views.kit.components import RunBar, current_document, when_unlocked
from views.kit.standing import Standing, standing_state

BAR_EVERY_S = 0.2
"""How often the run bar follows a run whose status stays the same."""


class Asker:
    """Asks for one spec after another and tells the newest job's changes in the document.

    Engine callbacks arrive without a document lock, so they only remember that something is new;
    one flush per tick of the document hands on the newest state.
    """

    def __init__(
        self,
        compute: Compute,
        owner: str,
        view: str,
        on_change: Callable[[Job], None],
        on_first: Callable[[Job, Shipped], None] | None = None,
    ) -> None:
        """``on_change(job)`` is called in the document after every change of the newest job.

        What came with the build is told as a job that has ended; the newest job's own result
        follows. ``on_first(job, first)`` is called instead when it is given.
        """
        self.compute, self.owner, self.view = compute, owner, view
        self._on_change, self._on_first = on_change, on_first
        self._first: Shipped | None = None
        self.job: Job | None = None
        self._document: Any = None
        self._flushing = False

    @property
    def has_browser(self) -> bool:
        """Whether a page of the app shows the answers."""
        return self._document is not None and self._document.session_context is not None

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
        if self.job is None:
            return
        first, self._first = self._first, self.job.first
        if self._first is not None and self._first is not first and waits(self.job):
            if self._on_first is not None:
                self._on_first(self.job, self._first)
            else:
                self._on_change(job_from_shipped(self.job, self._first))
        self._on_change(self.job)


def waits(job: Job) -> bool:
    """Whether nothing has come of the job yet."""
    return job.frame is None and job.result is None and not job.state.status.final


def job_from_shipped(job: Job, first: Shipped) -> Job:
    """What came with the build, as a job of the same question that has ended."""
    ended = Job(job.name, job.spec, job.owner, job.view)
    ended.tell(JobState(Status.DONE, fraction=1.0), result=first.result)
    return ended


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
        told of a run that ended without a result. What came with the build is told as a result
        too, with a job that has ended, and the run's own result follows where it differs.
        """
        self.asker = Asker(compute, owner, view, self._show, self._show_first)
        self._spec, self._on_frame, self._on_result = spec, on_frame, on_result
        self._on_error, self._on_run = on_error, on_run or self.run
        self._on_stopped = on_stopped
        self._bar_shown_s = -BAR_EVERY_S
        self.quiet = False
        """Whether answers come as fast as they are asked for, and only the picture counts."""
        self._first: Shipped | None = None
        """What came with the build, while that is what is shown."""
        self._shown = False
        """Whether anything was ever shown."""
        self._acks, self._late = Acknowledged(), False
        self.bar = RunBar(on_press=self.press, on_beat=self._drawn)
        self.standing = Standing(sizing_mode="stretch_width")
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
                "keep": self.compute.keep,
                "let go": partial(self.compute.keep, kept=False),
            }
            act[button](self.job)
            self.bar.kept = button == "keep" or (self.bar.kept and button != "let go")

    def hush(self, quiet: bool) -> None:
        """Leave the bar as it is while answers come as fast as they are asked for."""
        self.quiet = quiet
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
        if fresh:
            self.bar.kept = False
        self._show_bar(job)
        if job.frame is not None and (fresh or job.frame is not frame) and job.result is None:
            self._show_frame(job, job.frame)
        elif self._late and job.state.status.final:
            self._show_late()
        if not job.state.status.final or (not fresh and state is job.state):
            return
        if job.result is not None:
            self._show_result(job, job.result)
            return
        if job.state.status in (Status.FAILED, Status.CRASHED):
            self._on_error(job.state.sentence)
        self._on_stopped(job)

    def _show_first(self, job: Job, first: Shipped) -> None:
        self._first, self._shown = first, True
        self._on_result(first.result, job_from_shipped(job, first))
        self._show_bar(job, now=True)

    def _show_frame(self, job: Job, frame: Frame) -> None:
        """A whole result that came with the build is better than the beginning of the same."""
        if self._first is not None:
            return
        now = time.monotonic()
        watched = self.asker.has_browser
        # Nothing may follow the last moment: what is shown of a stopped run would go again.
        held = not job.state.status.final
        self._late = watched and held and not self._acks.allows(now)
        if self._late:
            return
        begins, self._shown = not self._shown, True
        self._on_frame(frame)
        if watched and self._acks.sent(now):
            self.bar.beat = self._acks.number
        if begins:
            self._show_bar(job, now=True)

    def _drawn(self, beat: object) -> None:
        """The browser has drawn up to here: show the newest of what was left out meanwhile."""
        self._acks.answered(beat, time.monotonic())
        self._show_late()

    def _show_late(self) -> None:
        job = self.job
        if self._late and job is not None and job.frame is not None and job.result is None:
            self._show_frame(job, job.frame)

    def _show_result(self, job: Job, result: Result) -> None:
        first, self._first, self._shown = self._first, None, True
        if first is None or first is not job.first or codec.pack(result) != first.packed:
            self._on_result(result, job)
        self._show_bar(job, now=True)

    def _show_bar(self, job: Job, *, now: bool = False) -> None:
        # Frames come up to sixty times a second; words need not, and would hold them up.
        status, moment = job.state.status, time.monotonic()
        same = str(status) == self.bar.status and not status.final and not now
        if self.quiet or (same and moment - self._bar_shown_s < BAR_EVERY_S):
            return
        self._bar_shown_s = moment
        told = bar_state(job)
        self.bar.param.update(**told)
        standing = standing_state(job, self._first, shown=self._shown, sentence=told["sentence"])
        self.standing.param.update(**standing)


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
