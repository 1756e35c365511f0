"""Serves pages to this machine's user only; the one place that starts a web server."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import panel as pn
from bokeh.server.server import Server
from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler

from explorer.entrance import ENTER, Entrance, form
from explorer.errors import page_or_sentence, report
from explorer.guard import BROWSER_COOKIE, AnswerHandler, Guard, header_transform, let_in
from explorer.messages import keep_order
from explorer.settings import BAD_PORTS, LOCAL, LOOPBACK, Reach

WEBSOCKET_MAX_BYTES = 24 * 1024 * 1024
"""The largest message a browser may send; uploads come in smaller pieces."""
_REQUEST_MAX_BYTES = 1024 * 1024
_PORTS_TRIED = 50
_access_log = logging.getLogger("explorer.access")


@dataclass(frozen=True)
class SafeServer:
    """A server that listens on loopback behind its guard; it answers once its loop runs."""

    server: Server
    guard: Guard

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.guard.port

    @property
    def url(self) -> str:
        """The address to print, with its token."""
        return self.guard.url()

    def stop(self) -> None:
        """Close the port and end the sessions."""
        self.server.stop()


def safe_serve(
    apps: Mapping[str, Callable[[], Any]],
    *,
    port: int = 0,
    token: str | None = None,
    title: str = "Neural Explorer",
    static_dirs: Mapping[str, str] | None = None,
    patterns: Sequence[tuple[Any, ...]] = (),
    reach: Reach = LOCAL,
) -> SafeServer:
    """Listen for the pages in ``apps`` (path to page), which are built per session.

    ``patterns`` are tornado's, for what needs no session; the guard stands before them too.
    ``reach`` says who can come at all; usually this machine.

    A port in use gives the next free one; 0 gives any. Panel's admin page, REST, autoreload and
    index are off. The caller runs the event loop.

    Raises:
        OSError: no free port among the fifty after the one asked.
    """
    configure_panel()
    pages = {path: page_or_sentence(page) for path, page in apps.items()}
    entrance = Entrance(reach.password) if reach.password else None
    if entrance is not None:
        patterns = [(ENTER, EnterHandler), *patterns]
    for candidate in _free_ports(port, reach.host):
        try:
            with _interrupt_kept():
                server = _listen(pages, candidate, title, dict(static_dirs or {}), patterns, reach)
        except OSError:
            continue
        guard = Guard(
            candidate, token=token, host=reach.host, secure=reach.is_secure, entrance=entrance
        )
        stand_before(server, guard)
        server.start()
        return SafeServer(server, guard)
    raise OSError(f"no free port from {port} to {port + _PORTS_TRIED - 1}; give another --port")


def configure_panel() -> None:
    """What the whole app wants from panel, for every session."""
    pn.config.reconnect = True
    pn.config.notifications = True
    pn.config.disconnect_notification = (
        "The app does not answer; what you set is saved. If it was started again, open the address "
        "that it printed."
    )
    pn.config.exception_handler = report
    pn.config.autoreload = False
    pn.config.session_history = 0
    keep_order()


def stand_before(server: Server, guard: Guard) -> None:
    """Put the guard before every handler of a server that has not answered anything yet."""
    # The application bokeh built has no public name; find_handler, add_transform and settings are
    # tornado's public interface.
    application: Application = server._tornado
    pass_on = application.find_handler

    def find_handler(request: HTTPServerRequest, **kwargs: Any) -> Any:
        answer = guard.answer(request)
        if answer is None:
            return pass_on(request, **kwargs)
        return application.get_handler_delegate(
            request, AnswerHandler, {"guard": guard, "answer": answer}
        )

    application.find_handler = find_handler
    application.add_transform(header_transform(guard))
    application.settings["log_function"] = log_request
    application.settings["guard"] = guard


def log_request(handler: RequestHandler) -> None:
    """One line per request with its path only: a query may hold a token or somebody's data."""
    status = handler.get_status()
    level = logging.DEBUG if status < 400 else logging.INFO if status < 500 else logging.ERROR
    milliseconds = 1000.0 * handler.request.request_time()
    request = handler.request
    _access_log.log(level, "%d %s %s %.1f ms", status, request.method, request.path, milliseconds)


class HealthHandler(RequestHandler):
    """Says that the server answers."""

    def get(self) -> None:
        """A fixed answer; the guard has asked for the key already."""
        self.write({"status": "ok"})


class EnterHandler(RequestHandler):
    """Asks for the password and lets in who knows it."""

    def get(self) -> None:
        """The form."""
        self.write(form())

    def post(self) -> None:
        """Compare; one address may guess a few times a minute."""
        guard: Guard = self.settings["guard"]
        entrance, address = guard.entrance, self.request.remote_ip or ""
        if entrance is None:
            self.set_status(404)
        elif entrance.waits(address):
            self.set_status(429)
            self.write(form("Too many wrong passwords; wait a minute."))
        elif entrance.opens(self.get_body_argument("password", ""), address):
            let_in(self, guard)
            self.redirect("/", status=303)
        else:
            self.set_status(403)
            self.write(form("That is not the password."))


def _free_ports(port: int, host: str) -> Iterator[int]:
    """Ports that could be bound just now; asking first leaves no half-open socket behind."""
    asked = range(port, min(port + _PORTS_TRIED, 65_536)) if port else [0] * _PORTS_TRIED
    for candidate in asked:
        if candidate in BAD_PORTS:
            continue
        with socket.socket() as probe:
            if os.name == "posix":  # as tornado binds: a port of a server just ended is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            found = probe.getsockname()[1]
        yield found


@contextmanager
def _interrupt_kept() -> Iterator[None]:
    """Panel takes Ctrl-C for itself; the caller, who runs the loop, keeps it."""
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    yield
    if is_main:
        signal.signal(signal.SIGINT, before)


def _listen(
    pages: dict[str, Any],
    port: int,
    title: str,
    static_dirs: dict[str, str],
    patterns: Sequence[tuple[Any, ...]],
    reach: Reach,
) -> Server:
    names = (LOOPBACK, "localhost") if reach.is_local else (reach.host,)
    return pn.io.server.get_server(
        pages,
        port=port,
        address=reach.host,
        websocket_origin=[f"{name}:{port}" for name in names],
        ssl_certfile=reach.tls_cert or None,
        ssl_keyfile=reach.tls_key or None,
        title=title,
        admin=False,
        start=False,
        show=False,
        static_dirs=static_dirs,
        use_index="/" not in pages,
        redirect_root=len(pages) == 1,
        extra_patterns=[("/healthz", HealthHandler), *patterns],
        sign_sessions=True,
        secret_key=secrets.token_bytes(32),
        # A session's token is readable by the page's scripts and carries what is named here: the
        # key cookie must not be in it. The browser's name opens nothing by itself.
        include_headers=[],
        include_cookies=[BROWSER_COOKIE],
        websocket_max_message_size=WEBSOCKET_MAX_BYTES,
        http_server_kwargs={"max_body_size": _REQUEST_MAX_BYTES, "max_header_size": 64 * 1024},
    )
