"""The way in by a password, for a demo that other machines can reach."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

ENTER = "/enter"
PASSWORD_MIN = 8
TRIES, WINDOW_S = 10, 60.0
"""Wrong passwords that one address may try in that time."""

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Neural Explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:15vh auto;padding:0 1em}}
input,button{{font:inherit;padding:.3em .6em}}</style>{head}<h1>{title}</h1><p>{text}</p></html>"""


def page_of_guard(title: str, text: str, head: str = "") -> str:
    """A page of words; none of them may come from a request."""
    return _PAGE.format(head=head, title=title, text=text)


def form(note: str = "") -> str:
    """The page that asks for the password."""
    return page_of_guard(
        "Neural Explorer",
        f"{note}</p><form method='post' action='{ENTER}'><label>Password of this demo<br>"
        "<input type='password' name='password' autofocus autocomplete='off' maxlength='200'>"
        "</label> <button>Enter</button></form><p>",
    )


class Entrance:
    """Knows the password, as a hash, and how often each address guessed wrong."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the password.

        Raises:
            ValueError: it is too short.
        """
        if len(password) < PASSWORD_MIN:
            raise ValueError(f"a password needs at least {PASSWORD_MIN} characters")
        self._salt, self._clock = secrets.token_bytes(16), clock
        self._hash = self._hashed(password)
        self._wrong: dict[str, list[float]] = {}

    def _hashed(self, password: str) -> bytes:
        text = password.encode("utf-8", "surrogatepass")
        return hashlib.scrypt(text, salt=self._salt, n=2**12, r=8, p=1)

    def waits(self, address: str) -> bool:
        """Whether this address has guessed too often of late."""
        now = self._clock()
        recent = [at for at in self._wrong.get(address, []) if now - at < WINDOW_S]
        self._wrong = {a: w for a, w in self._wrong.items() if w and now - w[-1] < WINDOW_S}
        if recent:
            self._wrong[address] = recent
        return len(recent) >= TRIES

    def opens(self, password: str, address: str) -> bool:
        """Whether this is it; a wrong one is remembered."""
        if hmac.compare_digest(self._hashed(password[:1_000]), self._hash):
            return True
        self._wrong.setdefault(address, []).append(self._clock())
        return False
