"""The guard, attacked over raw sockets; numbers are those of docs/trust.md."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import socket
import sys
import textwrap
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit

import panel as pn
import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from engines.contract import InputError
from explorer.errors import page_or_sentence, sentence_from_error
from explorer.guard import Guard, is_open_component
from explorer.server import _free_ports, safe_serve


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: str


class Client:
    """Speaks to one server with exactly the headers it is told to send."""

    def __init__(self, server) -> None:
        self.port, self.guard = server.port, server.guard
        self.host = f"127.0.0.1:{server.port}"
        self.cookie = self.get(self.path_of(server.url)).headers["set-cookie"].partition(";")[0]

    @staticmethod
    def path_of(url: str) -> str:
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}"

    def send(self, path: str, headers: dict[str, str], method: str = "GET") -> socket.socket:
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items() if v)]
        wire = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        return wire

    def get(self, path: str = "/", *, cookie: str = "", host: str = "", method="GET", **more):
        headers = {"Host": host or self.host, "Cookie": cookie, "Connection": "close", **more}
        with self.send(path, headers, method) as wire:
            received = b"".join(iter(lambda: wire.recv(65536), b""))
        head, _, body = received.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *rest = head.split("\r\n")
        pairs = [line.partition(": ") for line in rest]
        return Reply(int(first.split()[1]), {k.lower(): v for k, _, v in pairs}, body)

    def page_token(self) -> str:
        """The session token that the page hands to its own scripts."""
        found = re.search(r'"token":"([^"]+)"', self.get(cookie=self.cookie).body)
        assert found
        return found[1]

    def websocket(
        self, *, origin: str | None = None, host: str = "", cookie: str = "", token: str = "x"
    ) -> tuple[int, bytes]:
        """Status of the handshake and the first byte that follows it (0x88 closes)."""
        headers = {
            "Host": host or self.host,
            "Origin": origin or "",
            "Cookie": cookie,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Protocol": f"bokeh, {token}",
        }
        with self.send("/ws", headers) as wire:
            received = b""
            while b"\r\n\r\n" not in received:
                received += wire.recv(4096)
            status = int(received.split()[1])
            after = received.partition(b"\r\n\r\n")[2]
            if status == 101 and not after:
                after = wire.recv(1)
        return status, after[:1]


@pytest.fixture(scope="module")
def client(serve):
    with serve({"/": lambda: pn.pane.HTML("constant")}) as server:
        yield Client(server)


def test_promise_1_default_start_listens_on_loopback_only(client):
    for family, address in _addresses_of_this_machine():
        with socket.socket(family) as probe:
            probe.settimeout(1)
            assert probe.connect_ex((address, client.port)) != 0, address


def _addresses_of_this_machine() -> list[tuple[int, str]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # documentation address: nothing is sent
        own = probe.getsockname()[0]
    found = [(socket.AF_INET, "127.0.0.2")]
    if not own.startswith("127."):
        found.append((socket.AF_INET, own))
    if socket.has_ipv6:
        found.append((socket.AF_INET6, "::1"))
    return found


def test_promise_1_every_start_has_a_fresh_key_of_256_bits():
    tokens = {Guard(5006).token for _ in range(100)}
    assert len(tokens) == 100
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_promise_1_a_token_that_can_be_guessed_is_refused():
    with pytest.raises(ValueError, match="at least 32"):
        Guard(5006, token="letmein")


def test_promise_1_a_port_in_use_gives_the_next_free_one(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serve({"/": lambda: pn.pane.HTML("constant")}, port=port) as server:
            assert port < server.port < port + 50
            assert f":{server.port}/?token=" in server.url
            assert Client(server).get("/healthz", cookie=Client(server).cookie).status == 200


def test_another_name_is_told_what_to_do_instead(client):
    reply = client.get("/", host="hub.example")
    assert reply.status == 421
    assert "jupyter-server-proxy" in reply.body
    assert "ssh -L" in reply.body


def test_no_port_is_taken_that_browsers_refuse():
    found = list(_free_ports(5058, "127.0.0.1"))
    assert not {5060, 5061} & set(found)
    assert max(found) > 5061


def test_promise_2_no_key_no_page(client):
    reply = client.get()
    assert reply.status == 403
    assert "printed in the terminal" in reply.body
    assert client.get("/healthz").status == 403
    assert client.get("/?token=" + "x" * 43).status == 403
    assert client.get("/?token=").status == 403
    assert client.get(f"/?token={client.guard.token[:-1]}").status == 403


def test_promise_2_key_is_exchanged_for_a_cookie_and_leaves_the_address(client):
    reply = client.get(f"/?n=1&token={client.guard.token}&m=%22a%22")
    assert reply.status == 302
    assert reply.headers["location"] == f"http://{client.host}/?n=1&m=%22a%22"
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.guard.token not in cookie
    assert client.get(cookie=client.cookie).status == 200
    assert json.loads(client.get("/healthz", cookie=client.cookie).body) == {"status": "ok"}


def test_promise_2_the_printed_address_lets_a_second_browser_in(client):
    path = client.path_of(client.guard.url())
    assert [client.get(path).status for _ in range(3)] == [302, 302, 302]


def test_promise_2_the_address_given_to_the_browser_works_once(client):
    path = client.path_of(client.guard.one_time_url("/?n=1"))
    assert client.get(path).status == 302
    again = client.get(path)
    assert again.status == 403
    assert "works once only" in again.body


def test_promise_2_a_link_from_another_site_is_followed_by_a_page_of_ours(client):
    reply = client.get(client.path_of(client.guard.url()), **{"Sec-Fetch-Site": "cross-site"})
    assert reply.status == 200
    assert reply.headers["refresh"] == f"0; url=http://{client.host}/"
    assert client.guard.token not in reply.body


def test_promise_2_the_redirect_stays_on_this_server(client):
    reply = client.get(f"//elsewhere.example/x?token={client.guard.token}")
    assert reply.headers["location"].startswith(f"http://{client.host}//elsewhere.example/x")


def test_promise_2_two_instances_have_two_cookies():
    assert Guard(5006).cookie_name != Guard(5007).cookie_name


HOSTS = ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "0.0.0.0:{port}"]
HOSTS += ["127.0.0.1:{port}.evil.example", "127.0.0.1:{port}@evil.example", "127.0.0.2:{port}"]


@pytest.mark.parametrize("host", HOSTS)
def test_promise_2_attack_rebinding_host_is_refused(client, host):
    evil = host.format(port=client.port)
    refused = (400, 421)  # tornado itself finds some of these malformed
    assert client.get(host=evil, cookie=client.cookie).status in refused
    assert client.get("/static/js/bokeh.min.js", host=evil).status in refused
    status, _ = client.websocket(
        host=evil, origin=f"http://{evil}", cookie=client.cookie, token=client.page_token()
    )
    assert status in refused


ORIGINS = ["http://evil.example", "http://evil.example:{port}", "null", "http://127.0.0.1:1"]
ORIGINS += ["https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example", "file://"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_promise_2_attack_foreign_origin_is_refused(client, origin):
    foreign = origin.format(port=client.port)
    token = client.page_token()
    assert client.websocket(origin=foreign, cookie=client.cookie, token=token)[0] == 403
    assert client.get(cookie=client.cookie, Origin=foreign).status == 403


def test_promise_2_attack_without_origin_is_refused(client):
    assert client.websocket(cookie=client.cookie, token=client.page_token())[0] == 403


def test_promise_2_attack_without_cookie_is_refused(client):
    own = f"http://{client.host}"
    assert client.websocket(origin=own, token=client.page_token())[0] == 403


def test_promise_2_attack_self_made_session_token_is_refused(client):
    from bokeh.util.token import generate_jwt_token, generate_session_id

    own = f"http://{client.host}"
    made = generate_jwt_token(generate_session_id(signed=False), signed=False)
    assert client.websocket(origin=own, token=made)[0] == 403
    status, first = client.websocket(origin=own, cookie=client.cookie, token=made)
    assert (status, first) in ((101, b"\x88"), (101, b""))  # let in by the guard, then closed
    assert client.get(f"/?bokeh-token={made}", cookie=client.cookie).status == 403
    assert client.get("/?bokeh-session-id=chosen", cookie=client.cookie).status == 403


def test_promise_2_own_browser_is_let_in(client):
    own = f"http://{client.host}"
    status, first = client.websocket(origin=own, cookie=client.cookie, token=client.page_token())
    assert status == 101
    assert first not in (b"\x88", b"")


def test_promise_2_the_page_does_not_tell_its_scripts_the_cookie(client):
    _, _, secret = client.cookie.partition("=")
    page = client.get(cookie=client.cookie).body
    token = client.page_token()
    told = _told_by(token)
    assert "session_expiry" in told  # the token was read
    for text in (page, told):
        assert secret not in text
        assert client.guard.token not in text


def _told_by(token: str) -> str:
    padded = token.partition(".")[0]
    payload = json.loads(base64.urlsafe_b64decode(padded + "=" * (-len(padded) % 4)))
    told = json.dumps(payload)
    for name, value in payload.items():
        if name == "__bk__zlib_":
            told += zlib.decompress(
                base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
            ).decode()
    return told


def test_promise_2_tokens_are_not_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        for path in ("/", "/nothing", "/ws", "/components/a/b/c/d"):
            client.get(f"{path}?token={client.guard.token}")
            client.get(f"{path}?token={client.guard.token}x", cookie=client.cookie)
            client.get(f"{path}?token={client.guard.token}", method="POST")
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "/nothing" in logged
    assert client.guard.token not in logged
    assert "token=" not in logged


def test_promise_2_only_reading_methods_are_answered(client):
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"):
        assert client.get(cookie=client.cookie, method=method).status == 405


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/js/bokeh.min.js", "/favicon.ico"])
def test_promise_3_headers_are_on_every_answer(client, path):
    for cookie in (client.cookie, ""):
        headers = client.get(path, cookie=cookie).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval';" in policy
        assert "script-src-attr 'none'" in policy
        assert f"ws://127.0.0.1:{client.port}" in policy
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers.get("cache-control") == "no-store" or path.startswith("/static/")


def test_promise_3_the_policy_names_no_other_server(client):
    policy = client.get(cookie=client.cookie).headers["content-security-policy"]
    hosts = set(re.findall(r"\w+://([^\s;]+)", policy))
    assert hosts == {f"127.0.0.1:{client.port}", f"localhost:{client.port}"}
    assert "*" not in policy


def test_promise_4_a_planted_module_is_not_imported(client, tmp_path, monkeypatch):
    module = tmp_path / "planted_module.py"
    trace = tmp_path / "ran"
    module.write_text(f"import pathlib; pathlib.Path({str(trace)!r}).write_text('ran')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for path in (
        "/components/planted_module/A/__css__/a.css",
        "/components/%70lanted_module/A/__css__/a.css",
        "/components/planted_module%2FA%2F__css__%2Fa.css",
        "/components/views.planted_module/A/__css__/a.css",
        "/components/.planted_module/A/__css__/a.css",
        "/components/os/path/__css__/a.css",
    ):
        assert client.get(path, cookie=client.cookie).status == 404, path
    assert not trace.exists()
    assert "planted_module" not in sys.modules


def test_promise_4_components_of_loaded_modules_of_ours_are_open():
    assert is_open_component("/components/panel.layout.base/Row/_stylesheets/a.css")
    assert not is_open_component("/components/panelling/Row/_stylesheets/a.css")
    assert not is_open_component("/components/json/Row/_stylesheets/a.css")
    assert not is_open_component("/components/panel.no_such_module/Row/_stylesheets/a.css")


def test_promise_4_admin_rest_and_embedding_are_off(client):
    for path in ("/admin", "/rest/session_info", "/liveness", "/autoload.js", "/metadata"):
        reply = client.get(path + "?bokeh-autoload-element=a", cookie=client.cookie)
        assert reply.status == 404, path
    assert not pn.config.autoreload
    assert not pn.config.admin


def test_promise_10_an_error_gives_a_sentence_and_its_traceback_goes_to_the_log(caplog):
    sentence = sentence_from_error(KeyError("a secret of the code"))
    number = re.search(r"error ([0-9a-f]{8})", sentence)
    assert number
    assert "secret" not in sentence
    assert "Traceback" not in sentence
    logged = caplog.text
    assert number[1] in logged
    assert "KeyError: 'a secret of the code'" in logged


def test_promise_10_a_page_that_cannot_be_built_is_a_sentence(caplog):
    def broken():
        raise RuntimeError("a secret of the code")

    shown = page_or_sentence(broken)().object
    assert "secret of the code" not in shown
    assert "To report it, give error" in shown
    assert "RuntimeError: a secret of the code" in caplog.text


def test_promise_10_errors_meant_for_people_speak_for_themselves():
    assert sentence_from_error(InputError("row 3 is empty")) == "row 3 is empty"


def test_hostile_requests_never_pass_and_never_break_the_guard():
    guard = Guard(5006)
    for headers in (
        {},
        {"Host": ""},
        {"Host": "127.0.0.1:5006"},
        {"Host": "127.0.0.1:5006", "Origin": "http://\xe9"},
    ):
        for uri in ("/", "/?token=\xe9", "/?token=%FF%FE", "/?" + "token=a&" * 900, "/ws"):
            for cookie in ("", f"{guard.cookie_name}=\xe9", f"{guard.cookie_name}=;;="):
                request = HTTPServerRequest(
                    start_line=RequestStartLine("GET", uri, "HTTP/1.0"),
                    headers=HTTPHeaders({**headers, "Cookie": cookie}),
                    connection=_NoConnection(),
                )
                answer = guard.answer(request)
                assert answer is not None
                assert answer.status in (403, 421)


class _NoConnection:
    context = None

    def set_close_callback(self, callback) -> None:
        """Nothing will close."""


def test_no_free_port_is_a_sentence(monkeypatch):
    def busy(*_args, **_kwargs):
        raise OSError("in use")

    monkeypatch.setattr("explorer.server._listen", busy)
    with pytest.raises(OSError, match="give another --port"):
        safe_serve({"/": lambda: None}, port=5006)


def test_the_page_without_a_key_is_plain_and_complete(client):
    body = client.get().body
    assert body.startswith("<!doctype html>")
    assert "<script" not in body
    assert textwrap.shorten(body, 10_000).count("<h1>") == 1
