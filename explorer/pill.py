"""The engine's pill in the header: what the engine does, kept true for as long as it is shown."""

from __future__ import annotations

import weakref
from typing import Any

from explorer.header import Header
from views.kit.components import when_unlocked

_PILL_EVERY_MS = 250
"""How often the engine's pill follows; what begins and ends in between is not told."""


def watch_engine(engine: Any, header: Header, document: Any) -> None:
    """Keep the header's engine pill true for as long as the header lives."""
    mine = weakref.ref(header)

    def show() -> None:
        shown = mine()
        if shown is not None:
            shown.engine = engine_pill(engine.state)

    pending = False

    def later() -> None:
        document.add_timeout_callback(settle, _PILL_EVERY_MS)

    def settle() -> None:
        nonlocal pending
        pending = False
        show()

    def hear(*_told: Any) -> None:
        nonlocal pending
        if mine() is None:
            stop()
        elif document is None or document.session_context is None:
            show()
        elif not pending:  # twenty visitors hear of every run of each
            pending = True
            when_unlocked(document, later)

    stop = engine.listen(hear)
    if document is not None and document.session_context is not None:
        document.on_session_destroyed(lambda _context: stop())
    header.engine = engine_pill(engine.state)


def engine_pill(state: Any) -> dict[str, str]:
    """The engine in a phrase: phase, device, threads, queue."""
    tone = {"ready": "good", "busy": "busy", "remote": "good"}.get(
        str(state.phase), "plain" if str(state.phase) == "starting" else "bad"
    )
    parts = [f"engine {state.phase}"]
    if str(state.phase) != "starting":
        threads = f"{state.n_threads} thread{'s' * (state.n_threads != 1)}"
        parts.append(f"{state.device}, {threads}")
    if state.n_queued:
        parts.append(f"{state.n_queued} queued")
    if state.memory_bytes:
        parts.append(f"{state.memory_bytes / 2**20:,.0f} MiB")
    return {"tone": tone, "text": " · ".join(parts), "detail": str(state.sentence or "")}
