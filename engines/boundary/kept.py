"""What is kept on disk and read again: every kind says so here, and is checked when it is read.

A module that keeps something defines a `Kind` and writes and reads by it. The tests find every
`Kind` there is, flip its bytes, cut it short and kill its writer; one without a sample fails them.
Three ways to carry the SHA-256, by who else must be able to read the file:

- before the content (`Kind.write`, `Kind.read`), where nobody else does;
- within a text that others read, as 64 digits (`Kind.with_seal`, `Kind.check_seal`);
- as the file's name (`Kind.name_of`, `Kind.check_name`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from engines.boundary.whole import write_whole
from engines.contract import InputError

_MAGIC = b"NXKEPT\x00\x01"
"""Eight bytes; the last is the version of the layout."""
_HEAD = len(_MAGIC) + 32
UNSEALED = "0" * 64
"""What a text holds under "seal" until its seal is known."""
_SEAL = re.compile(rb'"seal": ?"([0-9a-f]{64})"')
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Kind:
    """One kind of file that is written, read again, and never believed without its checksum."""

    name: str
    """For people and in the file, so that one kind is never taken for another."""
    mend: str
    """What to do about a damaged one: "import it again"."""

    def sealed(self, body: bytes) -> tuple[bytes, bytes]:
        """What to write: a head with the checksum, and the body itself."""
        named = self.name.encode() + b"\0"
        return _MAGIC + _digest(named, body) + named, body

    def opened(self, data: bytes, title: str) -> memoryview:
        """The body of what `sealed` gave.

        Raises:
            InputError: the bytes are not those that were written; ``title`` is what people call it.
        """
        named = self.name.encode() + b"\0"
        body = memoryview(data)[_HEAD + len(named) :]
        checksum = bytes(data[len(_MAGIC) : _HEAD])
        if data[: len(_MAGIC)] != _MAGIC or data[_HEAD : _HEAD + len(named)] != named:
            raise self.damaged(title)
        if _digest(named, body) != checksum:
            raise self.damaged(title)
        return body

    def write(self, path: Path, body: bytes) -> None:
        """Seal and write, whole or not at all; OSError where the disk does not take it."""
        write_whole(path, *self.sealed(body))

    def read(self, path: Path, title: str) -> memoryview:
        """The body of a file.

        Raises:
            OSError: there is none.
            InputError: it is damaged.
        """
        return self.opened(path.read_bytes(), title)

    def with_seal(self, text: bytes) -> bytes:
        """The text with its checksum in place of `UNSEALED`."""
        place = _SEAL.search(text)
        if place is None or place[1] != UNSEALED.encode():
            raise ValueError('the text needs one "seal" with 64 zeros')
        seal = hashlib.sha256(text).hexdigest().encode()
        return text[: place.start(1)] + seal + text[place.end(1) :]

    def check_seal(self, text: bytes, title: str) -> None:
        """InputError unless the text is what `with_seal` gave."""
        place = _SEAL.search(text)
        if place is None:
            raise self.damaged(title)
        zeros = UNSEALED.encode()
        plain = text[: place.start(1)] + zeros + text[place.end(1) :]
        if hashlib.sha256(plain).hexdigest().encode() != place[1]:
            raise self.damaged(title)

    def name_of(self, data: bytes, n_digits: int) -> str:
        """The first digits of the content's checksum, to be its file's name."""
        return hashlib.sha256(data).hexdigest()[:n_digits]

    def check_name(self, path: Path, title: str) -> None:
        """InputError unless the file's content has the checksum that is its name."""
        if not sha256_of(path).startswith(path.name.partition(".")[0]):
            raise self.damaged(title)

    def damaged(self, title: str) -> InputError:
        """The sentence about a file whose bytes are not those that were written."""
        return InputError(
            f"{title} is damaged on disk (or of an earlier version): its bytes are not those that "
            f"were written; {self.mend}"
        )


def sha256_of(path: Path, start: int = 0, n_bytes: int | None = None) -> str:
    """The checksum of a part of a file, read in blocks: hexadecimal."""
    hashed, left = hashlib.sha256(), n_bytes
    with path.open("rb") as file:
        file.seek(start)
        while left is None or left > 0:
            block = file.read(_BLOCK if left is None else min(_BLOCK, left))
            if not block:
                break
            hashed.update(block)
            left = None if left is None else left - len(block)
    return hashed.hexdigest()


def _digest(named: bytes, body: bytes | memoryview) -> bytes:
    hashed = hashlib.sha256(named)
    hashed.update(body)
    return hashed.digest()
