"""Who may speak to the page's server: the user's own browser, holding this start's key.

The key works as in Jupyter. The address printed at the start carries a token that is good for as
long as the server runs, so that a second browser of the same user can be let in; the address
handed to the browser by the program itself carries a token that is good once, because a browser's
command line can be read by every user of the machine. Either is exchanged for a cookie with a
secret of its own and disappears from the address bar.

Bokeh keeps its list of origins in ``check_origin``; tornado from 6.6 on does not ask it when
``Origin`` equals ``Host``, which is what a rebound DNS name sends. So host and origin are held
against a list here, before any handler of panel, bokeh or tornado sees the request.
"""

from __future__ import annotations

import hmac
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform, RequestHandler

from explorer.entrance import ENTER, Entrance, page_of_guard
from explorer.settings import LOOPBACK

BROWSER_COOKIE = "neural-explorer-browser"
"""Names a browser's own session, whichever port served it; it opens nothing without the key."""
_BROWSER = re.compile(r"[0-9a-f]{32}")
_BROWSER_S = 400 * 24 * 3600
COMPONENT_ROOTS = ("panel", "panel_material_ui", "views", "explorer")
"""Packages whose loaded modules may hand scripts and styles to the page."""
_COMPONENTS = "/components/"
_STATIC = "/static/"
# Scripts for pages on other servers: this app is never embedded in one.
_EMBEDDING = ("/autoload.js", "/metadata")
_MIN_TOKEN = 32

_NO_KEY = page_of_guard(
    title="This page needs its key",
    text=(
        "Open the address that was printed in the terminal when Neural Explorer started: it ends "
        "in <code>?token=…</code> and can be opened in any browser of yours, as often as you "
        "like, until the program ends. Each start has a new key, and the address with which the "
        "program opened your browser works once only.</p>"
        "<p>If you came here by a link from another page, <a href=''>try again</a>."
    ),
)
_OTHER_NAME = page_of_guard(
    title="This server answers to its own address only",
    text=(
        "You came by another name: through JupyterHub, jupyter-server-proxy or another proxy "
        "perhaps, which are not supported. Inside a notebook use <code>from explorer import "
        "explore</code>, which needs no address of its own. From another machine forward the "
        "port, <code>ssh -L 5006:127.0.0.1:5006 machine</code>, and open the printed address; "
        "or start <code>python launch.py --demo --host …</code> with TLS and a password."
    ),
)
# A click on another site's link does not send a strict cookie, nor do the redirects it leads to;
# a step taken by a page of ours does.
_STEP = page_of_guard(
    head='<meta http-equiv="refresh" content="0">',
    title="Opening…",
    text="<a href=''>Go on</a>",
)


@dataclass(frozen=True)
class Answer:
    """What is said instead of passing a request on."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookie: str = ""
    """Value of the key cookie to set; empty for none."""


class Guard:
    """The rules of one server; ``answer`` is the whole of them and touches no network."""

    def __init__(
        self,
        port: int,
        *,
        token: str | None = None,
        host: str = LOOPBACK,
        secure: bool = False,
        entrance: Entrance | None = None,
    ) -> None:
        """Rules for the server on this port.

        Args:
            port: where it listens.
            token: the key, drawn when not given.
            host: the one name or address by which browsers may reach it.
            secure: whether it speaks TLS.
            entrance: lets in who knows a password; None for the key alone.

        Raises:
            ValueError: a token shorter than 32 characters can be guessed.
        """
        if token is not None and len(token) < _MIN_TOKEN:
            raise ValueError(f"a token needs at least {_MIN_TOKEN} characters, got {len(token)}")
        self.port, self.host, self.secure, self.entrance = port, host, secure, entrance
        self.token = token or secrets.token_urlsafe(32)
        names = {LOOPBACK, "localhost"} if host == LOOPBACK else {host.lower()}
        self.hosts = frozenset(f"{name}:{port}" for name in names)
        self._cookie = secrets.token_urlsafe(32)
        self._once: set[str] = set()

    @property
    def scheme(self) -> str:
        """How browsers speak to it."""
        return "https" if self.secure else "http"

    @property
    def cookie_name(self) -> str:
        """Browsers share cookies between ports, so two instances need two names."""
        return f"neural-explorer-{self.port}"

    @property
    def key(self) -> str:
        """What the key cookie holds."""
        return self._cookie

    def url(self, path: str = "/") -> str:
        """The address to print; good as long as the server runs."""
        return self._url(path, self.token)

    def one_time_url(self, path: str = "/") -> str:
        """An address that lets one browser in, once; for a browser's command line."""
        once = secrets.token_urlsafe(32)
        self._once.add(once)
        return self._url(path, once)

    def _url(self, path: str, token: str) -> str:
        joint = "&" if "?" in path else "?"
        query = urlencode({"token": token})
        return f"{self.scheme}://{self.host}:{self.port}{path}{joint}{query}"

    def answer(self, request: HTTPServerRequest) -> Answer | None:
        """What to say instead of serving this request; None to serve it."""
        return self._stranger(request) or self._key(request) or self._forbidden_path(request)

    def _stranger(self, request: HTTPServerRequest) -> Answer | None:
        hosts, origins = (request.headers.get_list(name) for name in ("Host", "Origin"))
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return Answer(421, _OTHER_NAME)
        asks_in = self.entrance is not None and request.path == ENTER and request.method == "POST"
        if request.method not in ("GET", "HEAD") and not (asks_in and origins):
            return Answer(405, "only GET and HEAD are answered", {"Allow": "GET, HEAD"})
        if is_websocket(request) and not origins:
            return Answer(403, "a websocket needs an Origin")
        if any(not self._is_own(origin) for origin in origins):
            return Answer(403, "requests from other pages are refused")
        return None

    def _is_own(self, origin: str) -> bool:
        return origin.lower() in {f"{self.scheme}://{host}" for host in self.hosts}

    def _key(self, request: HTTPServerRequest) -> Answer | None:
        query = parse_qsl(request.query, keep_blank_values=True)
        tokens = [value for name, value in query if name == "token"]
        welcome = self._has_cookie(request)
        if tokens and not is_websocket(request):
            return self._exchange(request, query, tokens, welcome)
        if welcome or request.path.startswith(_STATIC):
            return None
        if self.entrance is not None and not is_websocket(request):
            return None if request.path == ENTER else Answer(302, "", {"Location": ENTER})
        return Answer(403, _NO_KEY)

    def _exchange(
        self,
        request: HTTPServerRequest,
        query: list[tuple[str, str]],
        tokens: list[str],
        welcome: bool,
    ) -> Answer:
        if not (self._takes(tokens[0]) or welcome):
            return Answer(403, _NO_KEY)
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        # With the host, so that a path like //elsewhere stays a path.
        place = f"{request.path}{'?' if rest else ''}{rest}"
        target = f"{self.scheme}://{request.headers['Host']}{place}"
        if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
            return Answer(302, "", {"Location": target}, self._cookie)
        return Answer(200, _STEP, {"Refresh": f"0; url={target}"}, self._cookie)

    def _takes(self, token: str) -> bool:
        offered = token.encode("utf-8", "surrogatepass")
        if hmac.compare_digest(offered, self.token.encode()):
            return True
        found = [once for once in self._once if hmac.compare_digest(offered, once.encode())]
        self._once.difference_update(found)
        return bool(found)

    def _has_cookie(self, request: HTTPServerRequest) -> bool:
        morsel = request.cookies.get(self.cookie_name)
        if morsel is None:
            return False
        return hmac.compare_digest(morsel.value.encode(), self._cookie.encode())

    def _forbidden_path(self, request: HTTPServerRequest) -> Answer | None:
        if request.path.endswith(_EMBEDDING):
            return Answer(404, "this app is not embedded in other pages")
        if request.path.startswith(_COMPONENTS) and not is_open_component(request.path):
            return Answer(404, "no such component")
        return None

    def headers(self, path: str) -> dict[str, str]:
        """The headers every answer carries."""
        socket = "wss" if self.secure else "ws"
        sockets = " ".join(f"{socket}://{host}" for host in sorted(self.hosts))
        policy = {
            "default-src": "'self'",
            # Bokeh and panel start by inline scripts and compile templates; panel-material-ui
            # loads its modules from blobs. Handlers in attributes, which is what a label from a
            # file would smuggle in, are off.
            "script-src": "'self' blob: 'unsafe-inline' 'unsafe-eval'",
            "script-src-attr": "'none'",
            "connect-src": f"'self' blob: {sockets}",
            "style-src": "'self' blob: 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "worker-src": "'self' blob:",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'" if self.entrance is None else "'self'",
            "frame-src": "'none'",
            "frame-ancestors": "'none'",
        }
        fixed = {
            "Content-Security-Policy": "; ".join(" ".join(rule) for rule in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        # Files of panel and bokeh hold nothing of the user's, and a kept copy starts much faster.
        return fixed if path.startswith(_STATIC) else {**fixed, "Cache-Control": "no-store"}


def is_websocket(request: HTTPServerRequest) -> bool:
    """Whether this asks for a websocket, by its header or by where it goes."""
    return "upgrade" in request.headers or request.path.endswith("/ws")


def is_open_component(path: str) -> bool:
    """Whether a ``/components/`` path names a module that is loaded and may be asked.

    Panel imports whatever module the path names, so a name that is not loaded already would run
    a file.
    """
    module = unquote(path.removeprefix(_COMPONENTS)).partition("/")[0]
    return module in sys.modules and module.partition(".")[0] in COMPONENT_ROOTS


class AnswerHandler(RequestHandler):
    """Says what the guard says, whatever the method."""

    def initialize(self, guard: Guard, answer: Answer) -> None:
        """Keep what is to be said."""
        self._guard, self._answer = guard, answer

    def prepare(self) -> None:
        """Answer before any method is looked up."""
        # Whatever is logged about this request from here on, its token is not.
        self.request.uri, self.request.query = self.request.path, ""
        self.set_status(self._answer.status)
        for name, value in self._answer.headers.items():
            self.set_header(name, value)
        if self._answer.cookie:
            let_in(self, self._guard)
        self.finish(self._answer.body)


def let_in(handler: RequestHandler, guard: Guard) -> None:
    """Give a browser the key, and a name of its own where it has none."""
    common: dict[str, Any] = {"httponly": True, "samesite": "Strict", "path": "/"}
    if guard.secure:
        common["secure"] = True
    browser = handler.request.cookies.get(BROWSER_COOKIE)
    if browser is None or not _BROWSER.fullmatch(browser.value):
        name = secrets.token_hex(16)
        handler.set_cookie(BROWSER_COOKIE, name, max_age=_BROWSER_S, **common)
    handler.set_cookie(guard.cookie_name, guard.key, **common)


def header_transform(guard: Guard) -> type[OutputTransform]:
    """A tornado transform that puts the guard's headers on every answer, errors included."""

    class SafeHeaders(OutputTransform):
        def __init__(self, request: HTTPServerRequest) -> None:
            self._path = request.path

        def transform_first_chunk(
            self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
        ) -> tuple[int, HTTPHeaders, bytes]:
            headers.update(guard.headers(self._path))
            return super().transform_first_chunk(status_code, headers, chunk, finishing)

    return SafeHeaders
