"""Starts the engine process and serves the pages: the composition of the app."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import sys
import webbrowser
from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn

from engines.contract import ExplorerError
from engines.running.compute import Job
from explorer import demo, palette
from explorer.asked import address_from_arguments
from explorer.atlas import atlas_page
from explorer.desks import Desks
from explorer.dropped import link_from_dropped, refusal, said_with
from explorer.engine import engine_from_settings
from explorer.enginemenu import engine_menu, rows
from explorer.guard import BROWSER_COOKIE
from explorer.header import Header
from explorer.help import Help
from explorer.home import home
from explorer.kiosk import Kiosk, browser_path
from explorer.links import finished_workbenches, link_to, links
from explorer.manual import site
from explorer.manual.contents import manual_address
from explorer.page import (
    Engine,
    WorkbenchPage,
    shell,
)
from explorer.pill import watch_engine
from explorer.plain import PlainHandler
from explorer.presence import watch_connections
from explorer.quota import Metered
from explorer.related import everything
from explorer.server import SafeServer, safe_serve
from explorer.sessionlist import SessionList
from explorer.settings import Settings
from views.kit.components import current_document
from views.kit.policy import check_allowed, policy

_FIRST_PAGE_S = 2.0
"""From the address to where the first page is on its way, and there is time for others."""


def pages(engine: Engine) -> dict[str, Callable[[], Any]]:
    """Every address of the app and what builds its page."""
    found: dict[str, Callable[[], Any]] = {"/": lambda: home_page(engine)}
    for name in finished_workbenches():
        found[name] = _workbench_page(name, engine)
    return found


def _telling(build: Callable[[], Any], shown: Callable[[], None]) -> Callable[[], Any]:
    """Builds the same page, and tells when a browser shows it."""

    def told() -> Any:
        pn.state.onload(shown)
        return build()

    return told


def _workbench_page(name: str, engine: Engine) -> Callable[[], Any]:
    def build() -> Any:
        owner, arguments = _session()
        _admit(engine, owner)
        address = address_from_arguments(arguments)
        page = WorkbenchPage(name, engine, address, owner, _browser())
        pn.state.on_session_destroyed(lambda _context: page.close())
        pn.state.onload(page.start)
        return page.page()

    return build


def patterns(engine: Engine) -> list[tuple[Any, ...]]:
    """Every address that needs no session, and what answers there."""

    def atlas() -> str:
        return atlas_page(rows(engine.background.jobs, _link))

    manual = site.PATTERNS if manual_address() else []
    return [("/atlas", PlainHandler, {"made": atlas}), *palette.PATTERNS, *manual]


def _link(job: Job) -> str:
    return link_to(job.name, job.spec)


def home_page(engine: Engine) -> Any:
    """The front page of one session."""
    owner, _ = _session()
    _admit(engine, owner)
    help_ = Help(engine, owner)
    browser = _browser() if policy().saves else ""
    desks = Desks(browser) if browser else None

    def hear(message: dict[str, Any]) -> None:
        if message.get("kind") == "help":
            help_.toggle()
        elif message.get("kind") == "too-large":
            sessions.said = refusal(message)
        elif isinstance(message.get("data"), bytes):
            pn.state.execute(partial(take, message["data"], message.get("name")))

    async def take(data: bytes, name: Any) -> None:
        try:
            check_allowed("dropped")
            with said_with(name):
                header.go = await link_from_dropped(data, desks)
        except ExplorerError as error:
            sessions.said = str(error)

    header = Header(hear, links=links(), can_share=False, sizing_mode="stretch_width")
    watch_engine(engine, header, current_document())
    pn.state.on_session_destroyed(lambda _context: engine.release(owner))
    menu = engine_menu(engine, owner, _link)
    sessions = SessionList(desks, sizing_mode="stretch_width")
    content = home(engine, owner, finished_workbenches(), *demo.stage(offers=True), sessions)
    return shell([header, menu], [content, help_.dialog], "Neural Explorer")


def _session() -> tuple[str, dict[str, list[bytes]]]:
    context: Any = pn.state.curdoc.session_context if pn.state.curdoc else None
    if context is None:
        return "", {}
    return context.id, dict(context.request.arguments)


def _admit(engine: Any, owner: str) -> None:
    """Tell a demo's engine whose page this is."""
    if isinstance(engine, Metered):
        engine.admit(owner, _browser())


def _browser() -> str:
    """The browser's name for its own session; empty when it sent none that is ours."""
    context: Any = pn.state.curdoc.session_context if pn.state.curdoc else None
    found = dict(context.request.cookies or {}) if context is not None else {}
    name = str(found.get(BROWSER_COOKIE, ""))
    return name if re.fullmatch(r"[0-9a-f]{32}", name) else ""


def serve(settings: Settings) -> int:
    """Serve until interrupted; returns the exit status."""
    try:
        demo.start_demo(settings.demo)
        asyncio.run(_serve(settings))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers here
            loop.add_signal_handler(name, stop.set)
    engine = engine_from_settings(settings)
    watch_connections(engine)
    asked: Any = Metered(engine, settings.demo.budget_s) if settings.demo else engine
    shown = asyncio.Event()
    told = {path: _telling(build, shown.set) for path, build in pages(asked).items()}
    server = safe_serve(told, port=settings.port, patterns=patterns(asked), reach=settings.reach)
    starting = asyncio.create_task(_start(engine, shown))
    kiosk = announce(server, settings)
    knowing = asyncio.create_task(_know_everything())
    try:
        await stop.wait()
    finally:
        if kiosk is not None:
            await asyncio.to_thread(kiosk.close)
        server.stop()
        starting.cancel()
        knowing.cancel()
        await engine.close()


async def _start(engine: Any, shown: asyncio.Event) -> None:
    """Start the engine once a page stands, or when nobody has come for a while.

    The page shows what was computed before; processes that start beside it would make it wait.
    """
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(shown.wait(), _FIRST_PAGE_S)
    await engine.start()


async def _know_everything() -> None:
    """Load what the first page did not need, and lists of all pages do."""
    await asyncio.sleep(_FIRST_PAGE_S)
    await asyncio.to_thread(everything)


def announce(server: SafeServer, settings: Settings) -> Kiosk | None:
    """Print the address on a line of its own, and open it when wanted; a demo fills the screen."""
    sys.stdout.write(f"Neural Explorer is ready at\n{server.url}\nCtrl-C stops it.\n")
    if not settings.reach.is_local:
        sys.stdout.write("Other machines can reach it; who knows the password comes in.\n")
    sys.stdout.flush()
    if not settings.browser:
        return None
    # Other users can read a command line, so the browser is handed an address that works once.
    url = server.guard.one_time_url()
    if settings.demo is not None and (browser := browser_path()):
        try:
            return Kiosk(browser, url, settings.demo.zoom)
        except OSError as error:
            sys.stderr.write(f"{browser} could not be started ({error.strerror})\n")
    webbrowser.open(url)
    if settings.demo is not None:
        sys.stdout.write("F11 fills the screen; Ctrl and + make everything larger.\n")
        sys.stdout.flush()
    return None
