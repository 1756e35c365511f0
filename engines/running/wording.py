"""What people read when a run waits, stops or dies: one sentence each, with a next step."""

from __future__ import annotations

STOPPING = "stopping"
STARTING = "waiting for the engine to start"
NO_FREE_WORKER = "waiting for a free worker"
RETRIED = "the engine restarted before this run began, so it was started again"
GIVES_WAY = "held for a moment: a short run goes first"
BEGUN_AGAIN = "the engine restarted while this run was held, so it was started again"
STOPPED_HARD = "stopped; it did not answer, so its worker was restarted"
LEFT = "stopped because nobody was looking at it any more"
NO_RESULT = "the run ended without a result"
WORKER_ENDED = "the worker ended while this ran"
CLOSED = "the engine was closed"
CONNECTION_LOST = "the connection to the cluster was lost"
LOST = "the connection to the cluster was lost; trying to reach it again"
TAKEN_AWAY = "somebody else on the cluster cancelled this run; run it again to go on"
QUARANTINED = (
    "this run ended its worker twice and is not started again; "
    "change its settings, or recompute to try once more"
)


def compiling(k: int, n: int, seconds: float) -> str:
    """Which of a run's kernels is compiled, and how long the rest takes, both as far as known.

    >>> compiling(3, 5, 8.2)
    'compiling kernel 3 of about 5, about 8 s, once per machine'
    >>> compiling(6, 5, 0.0)
    'compiling kernel 6, once per machine'
    """
    of_all = f" of about {n}" if k <= n else ""
    rest = f", about {max(1.0, seconds):.0f} s" if k <= n and seconds > 0 else ""
    return f"compiling kernel {k}{of_all}{rest}, once per machine"


def waiting(n_ahead: int) -> str:
    """Why a queued run does not run yet."""
    if n_ahead == 0:
        return NO_FREE_WORKER
    return f"waiting for {n_ahead} {'run' if n_ahead == 1 else 'runs'} ahead"


def crashed(why: str, *, again: bool) -> str:
    """A run whose worker ended under it; ``again`` when the same run did so before.

    >>> crashed("", again=False)
    'the engine restarted: the worker ended while this ran; run it again to go on'
    """
    if again:
        return f"the engine restarted: {why or WORKER_ENDED}; {QUARANTINED}"
    return f"the engine restarted: {why or WORKER_ENDED + '; run it again to go on'}"


def out_of_memory(limit_bytes: int) -> str:
    """Why a run crashed when it asked for more memory than its worker may use."""
    return (
        f"this run needed more than the memory limit of {size(limit_bytes)}; "
        "ask for less or raise the limit"
    )


def deadline(seconds: float) -> str:
    """A run that took longer than it was allowed to."""
    return f"stopped at its deadline of {duration(seconds)}; ask for less or allow more time"


def paused_too_long(seconds: float) -> str:
    """A run that held a worker while it was paused."""
    return f"stopped after {duration(seconds)} of pause, so that others could run"


def unexpected(error_id: str) -> str:
    """A run that failed in a way nobody foresaw; the log has the rest under the same id."""
    return f"the run failed in a way we did not foresee (error id {error_id}, see the log)"


def not_started(error_id: str) -> str:
    """An engine that could not be started; the log has the rest under the same id."""
    return f"the engine did not start (error id {error_id}, see the log); trying again"


def size(n_bytes: float) -> str:
    """Bytes for people.

    >>> size(2_000_000_000), size(450_000_000), size(1_200)
    ('2.0 GB', '450 MB', '1 kB')
    """
    if n_bytes >= 1e9:
        return f"{n_bytes / 1e9:.1f} GB"
    if n_bytes >= 1e6:
        return f"{n_bytes / 1e6:.0f} MB"
    return f"{n_bytes / 1e3:.0f} kB"


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(0.5), duration(90), duration(7200)
    ('0.5 s', '90 s', '120 min')
    """
    if seconds < 10:
        return f"{seconds:g} s"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
