"""Runs that go on although nobody looks at them, and those of them that have ended lately."""

from __future__ import annotations

from collections.abc import Callable

from engines.running.compute import Job, Status

_ENDED_MAX = 6
"""Runs that have ended are listed until somebody opens them, or this many came after them."""

Listener = Callable[[], None]


class Background:
    """Kept jobs in the order in which they were kept."""

    def __init__(self) -> None:
        """Nothing is kept."""
        self._jobs: dict[str, Job] = {}
        self._listeners: list[Listener] = []

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What goes on, or has ended and was not looked at since."""
        return tuple(self._jobs.values())

    def find(self, job_id: str) -> Job | None:
        """The kept job of this id."""
        return self._jobs.get(job_id)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener()`` after every change; returns the way to stop it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def add(self, job: Job) -> None:
        """Keep this job in view until it is dropped."""
        if job.id in self._jobs:
            return
        self._jobs[job.id] = job
        job.listen(self._hear)
        self._tell()

    def drop(self, job_id: str) -> None:
        """No longer list this job."""
        if self._jobs.pop(job_id, None) is not None:
            self._tell()

    def _hear(self, job: Job) -> None:
        if job.id not in self._jobs:
            return
        if job.state.status in (Status.CANCELLED, Status.REPLACED):
            del self._jobs[job.id]
        ended = [each.id for each in self._jobs.values() if each.state.status.final]
        for old in ended[:-_ENDED_MAX]:
            del self._jobs[old]
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
