"""The app as ``launch.py`` starts it, attacked by other pages in the user's own browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import psutil
import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id

pytestmark = pytest.mark.ui

REFUSED = r"40[0-9]|421|Refused|ERR_|violates|WebSocket|CORS"
"""What the browser's console says when an attack fails."""

# Tries a websocket and says what came of it: "message" is success for an attacker.
TRY_SOCKET = """([url, token]) => new Promise(resolve => {
  const socket = new WebSocket(url, ["bokeh", token])
  const told = []
  socket.onopen = () => told.push("open")
  socket.onmessage = () => { told.push("message"); socket.close() }
  socket.onerror = () => told.push("error")
  socket.onclose = () => resolve(told)
  setTimeout(() => resolve([...told, "timeout"]), 10000)
})"""
TRY_FETCH = """url => fetch(url, {credentials: "include"}).then(r => r.text(), e => "refused")"""
OWN_TOKEN = """() => fetch("/sorting").then(r => r.text()).then(
  text => text.match(/"token":"([^"]+)"/)[1])"""


@pytest.fixture
def elsewhere(tmp_path) -> Iterator[int]:
    """The port of another local web server, which belongs to somebody else."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    (tmp_path / "page.html").write_text(
        "<!doctype html><title>elsewhere</title><link rel=icon href=data:,>"
    )
    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def victim(new_page, app_url):
    """A browser that holds the key of the app, and the app's port."""
    page = new_page(allow=(REFUSED,))
    page.goto(app_url)
    return page, urlsplit(app_url).port


def test_promise_2_the_key_leaves_the_address_bar_and_scripts_cannot_read_it(victim):
    page, port = victim
    assert page.url == f"http://127.0.0.1:{port}/"
    assert page.evaluate("document.cookie") == ""
    cookie = page.context.cookies()[0]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_promise_2_own_page_speaks_over_its_websocket(victim):
    page, port = victim
    token = page.evaluate(OWN_TOKEN)
    told = page.evaluate(TRY_SOCKET, [f"ws://127.0.0.1:{port}/sorting/ws", token])
    assert "message" in told


def test_promise_2_attack_a_page_of_another_origin_gets_nothing(victim, elsewhere):
    page, port = victim
    token = page.evaluate(OWN_TOKEN)  # even if it had stolen one
    page.goto(f"http://127.0.0.1:{elsewhere}/page.html")
    told = page.evaluate(TRY_SOCKET, [f"ws://127.0.0.1:{port}/sorting/ws", token])
    assert told == ["error"]
    assert page.evaluate(TRY_FETCH, f"http://127.0.0.1:{port}/sorting") == "refused"


def test_promise_3_attack_the_app_cannot_be_framed_by_another_page(victim, elsewhere):
    page, port = victim
    page.goto(f"http://127.0.0.1:{elsewhere}/page.html")
    page.evaluate(
        """url => new Promise(resolve => {
          const frame = document.createElement("iframe")
          frame.src = url; frame.onload = resolve; document.body.append(frame)
        })""",
        f"http://127.0.0.1:{port}/",
    )
    assert page.frames[1].url in ("chrome-error://chromewebdata/", "about:blank")


def test_promise_2_attack_a_rebound_name_gets_nothing(new_page, app_url, elsewhere):
    parts = urlsplit(app_url)
    page = new_page(allow=(REFUSED, "rebound.test"))
    reply = page.goto(f"http://rebound.test:{parts.port}/?{parts.query}")
    assert reply.status == 421
    page.goto(f"http://rebound.test:{elsewhere}/page.html")
    assert page.title() == "elsewhere"  # the name does lead to this machine
    told = page.evaluate(TRY_SOCKET, [f"ws://rebound.test:{parts.port}/sorting/ws", "x"])
    assert told == ["error"]


def test_promise_2_attack_a_self_made_session_token_gets_nothing(victim):
    page, port = victim
    made = generate_jwt_token(generate_session_id(signed=False), signed=False)
    told = page.evaluate(TRY_SOCKET, [f"ws://127.0.0.1:{port}/sorting/ws", made])
    assert "message" not in told
    assert "timeout" not in told


def test_promise_2_attack_a_browser_without_the_key_gets_a_page_that_says_how(new_page, app_url):
    page = new_page(allow=("403",))
    reply = page.goto(app_url.partition("?")[0])
    assert reply.status == 403
    page.get_by_text("printed in the terminal").wait_for()
    page.goto(app_url)
    assert "403" not in page.title()
    page.get_by_text("printed in the terminal").wait_for(state="detached")


def test_promise_2_a_link_on_another_site_that_holds_the_key_leads_in(new_page, app_url, elsewhere):
    page = new_page(allow=("rebound.test",))
    page.goto(f"http://rebound.test:{elsewhere}/page.html")
    page.evaluate("url => { location.href = url }", app_url)
    page.wait_for_url(app_url.partition("?")[0])
    assert page.get_by_text("printed in the terminal").count() == 0


def test_promise_1_the_app_and_its_engine_listen_on_loopback_only(app):
    process = psutil.Process(app.process.pid)
    family = [process, *process.children(recursive=True)]
    listening = [
        connection.laddr.ip
        for member in family
        for connection in member.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("{own}", "http://evil.example"),
        ("evil.example:{port}", "http://evil.example:{port}"),
        ("{own}", ""),
        ("{own}", "null"),
    ],
    ids=["foreign origin", "rebinding", "no origin", "null origin"],
)
def test_promise_2_attack_over_a_raw_socket_is_refused(app_url, host, origin):
    parts = urlsplit(app_url)
    own, port = parts.netloc, parts.port
    cookie = _cookie(own, f"/?{parts.query}")
    named = {"own": own, "port": port}
    head = _answer(
        port,
        "GET /sorting/ws HTTP/1.1",
        f"Host: {host.format(**named)}",
        f"Origin: {origin.format(**named)}" if origin else "X-None: 1",
        f"Cookie: {cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: bokeh, x",
    )
    assert head.split()[1] in ("403", "421")


def _answer(port: int, *lines: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        return wire.recv(4096).decode("latin-1")


def _cookie(own: str, path: str) -> str:
    port = int(own.rpartition(":")[2])
    head = _answer(port, f"GET {path} HTTP/1.1", f"Host: {own}", "Connection: close")
    return head.partition("Set-Cookie: ")[2].partition(";")[0]
