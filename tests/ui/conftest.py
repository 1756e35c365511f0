"""A real browser for every test of the page, and the app as users start it.

Tests here are plain functions: playwright's synchronous interface does not live beside an event
loop of the test's own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).parents[2]
REQUIRE = "EXPLORER_REQUIRE_BROWSER"
START_SECONDS = 50
EXPECTED_MS = 30_000
"""How long an expectation may take on a busy machine; what is fast is measured in benchmarks."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page asks for elsewhere is not found, as on a machine without internet; one name
    # leads here, as a rebound one would.
    "--host-resolver-rules=MAP rebound.test 127.0.0.1, MAP * ~NOTFOUND,"
    " EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_LOCAL = {"127.0.0.1", "localhost", "", None}


def chromium_path() -> str | None:
    """The browser to drive; None for playwright's own."""
    named = os.environ.get("EXPLORER_CHROMIUM")
    found = map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))
    return named or next(filter(None, found), None)


# Playwright's synchronous interface keeps an event loop running in the main thread, in which no
# asynchronous test could start; so it ends with its file.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for a file; skips, or fails where a browser is required."""
    playwright_api.expect.set_options(timeout=EXPECTED_MS)
    with playwright_api.sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        except playwright_api.Error as error:
            reason = f"no Chromium: install it or set EXPLORER_CHROMIUM ({error.message[:200]})"
            if os.environ.get(REQUIRE) == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        yield found
        found.close()


@dataclass
class Trouble:
    """What went wrong in a page while a test used it."""

    errors: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def add(self, what: str) -> None:
        """Remember it, unless the test expects it."""
        if not any(re.search(pattern, what) for pattern in self.allowed):
            self.errors.append(what)

    def watch(self, page: Any) -> None:
        """Listen to a page for errors and for requests that leave the machine."""
        page.on("console", lambda m: m.type == "error" and self.add(f"console: {m.text[:500]}"))
        page.on("pageerror", lambda error: self.add(f"page error: {str(error)[:500]}"))
        page.on("request", lambda request: self._look_at(request.url))
        page.on("websocket", lambda socket: self._look_at(socket.url))

    def _look_at(self, url: str) -> None:
        if urlsplit(url).hostname not in _LOCAL:
            self.add(f"request to another host: {url[:200]}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine takes its time; only a test that hangs may be ended."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(180))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Let fixtures see at the end whether their test failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED = pytest.StashKey[bool]()


@pytest.fixture
def new_page(
    browser: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    """``new_page(allow=("pattern",), **context_options)``: a page in a context of its own.

    At the end the test fails on any console error, page error or request to another host that no
    pattern in ``allow`` matches. A failed test leaves a screenshot of each page.
    """
    opened: list[tuple[Any, Any, Trouble]] = []

    def open_page(*, allow: tuple[str, ...] = (), **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        page = context.new_page()
        trouble = Trouble(allowed=allow)
        trouble.watch(page)
        opened.append((context, page, trouble))
        return page

    yield open_page
    if request.node.stash.get(_FAILED, False):
        folder = tmp_path_factory.mktemp("screenshots")
        for number, (_, page, _) in enumerate(opened):
            with contextlib.suppress(playwright_api.Error):
                page.screenshot(path=folder / f"{number}.png")
        sys.stderr.write(f"screenshots: {folder}\n")
    for context, _, _ in opened:
        context.close()
    troubles = [error for _, _, trouble in opened for error in trouble.errors]
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page at 1440 x 900 that fails its test on errors and on requests to other hosts."""
    return new_page()


@dataclass
class App:
    """The app as ``python launch.py`` starts it."""

    url: str
    """The printed address, with its token; good for any number of browsers."""
    process: subprocess.Popen[str]
    folder: Path
    """Holds ``cache``, ``data`` and what it wrote to ``stderr.txt``."""

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(15)


def start_app(folder: Path, *options: str, **environment: str) -> App:
    """Start ``launch.py`` with fresh folders and wait for the address it prints."""
    env = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "EXPLORER_CACHE": str(folder / "cache"),
        "EXPLORER_DATA": str(folder / "data"),
        **environment,
    }
    command = [sys.executable, str(ROOT / "launch.py"), "--port", "0", "--no-browser", *options]
    with (folder / "stderr.txt").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
    app = App("", process, folder)
    try:
        app.url = _printed_url(process)
    except BaseException:
        app.stop()
        sys.stderr.write((folder / "stderr.txt").read_text()[-4_000:])
        raise
    return app


def _printed_url(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:  # to the end, so that the app never waits for a reader
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.put(line.strip())
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    while line := lines.get(timeout=START_SECONDS):
        if re.fullmatch(r"http://127\.0\.0\.1:\d+/\S*", line):
            return line
    raise AssertionError("launch.py ended without printing an address")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One running app for all tests that do not break it."""
    running = start_app(tmp_path_factory.mktemp("app"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def app_url(app: App) -> str:
    """The address of the shared app, with its token."""
    return app.url


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Callable[..., App]]:
    """``own_app("--option", NAME="value")`` starts an app for one test to break."""
    started: list[App] = []

    def start(*options: str, **environment: str) -> App:
        folder = tmp_path / f"app{len(started)}"
        folder.mkdir()
        started.append(start_app(folder, *options, **environment))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def _sorting_page() -> Any:
    # Tests are no package, so what they share is loaded by its place.
    path = Path(__file__).with_name("sorting_page.py")
    spec = importlib.util.spec_from_file_location("sorting_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sorting_page"] = module
    spec.loader.exec_module(module)
    return module


_sorting_page()


@pytest.fixture
def sorting(new_page: Callable[..., Any], app_url: str) -> Callable[..., Any]:
    """``sorting("n_cells=20", url=..., **page_options)``: the workbench in a fresh browser."""
    from sorting_page import SortingPage

    def open_workbench(query: str = "", *, url: str = app_url, **options: Any) -> Any:
        return SortingPage(new_page(**options), url, query)

    return open_workbench
