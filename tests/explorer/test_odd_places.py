"""It starts wherever it is put: no home, a home that cannot be written, nowhere for scratch files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.process, pytest.mark.timeout(120)]
NAMES = ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR", "EXPLORER_CACHE", "EXPLORER_DATA")


PLACES = {
    "no home, no scratch folder": lambda taken: {"TMPDIR": str(taken / "tmp")},
    "a home that is a file": lambda taken: {"HOME": str(taken)},
    "caches below a file": lambda taken: {
        "HOME": str(taken.parent), "EXPLORER_CACHE": str(taken / "c"),
        "EXPLORER_DATA": str(taken / "d"),
    },
}  # fmt: skip
"""A root user may write into read-only folders, so what cannot be written lies below a file."""


def started(env: dict[str, str]) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return subprocess.Popen(
        [sys.executable, "launch.py", "--port", "0", "--no-browser"],
        cwd=ROOT, env={**kept, **env, "PYTHONUNBUFFERED": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def answers(url: str) -> list[int]:
    """The status of the front page and of a workbench."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    addresses = (url, url.partition("?")[0] + "sorting?n_cells=12")
    return [opener.open(address, timeout=60).status for address in addresses]


@pytest.mark.parametrize("name", PLACES)
def test_the_app_starts_in_odd_places_and_says_what_is_missing(name, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    process = started(PLACES[name](taken))
    said = []
    try:
        for line in process.stdout:  # until it ends; the test's own time limit ends it too
            said.append(line)
            if found := re.search(r"http://\S+", line):
                assert answers(found[0]) == [200, 200]
                if name.startswith("no home"):
                    break
            if "kept in memory only" in line:
                assert "set EXPLORER_CACHE to another folder" in line
                break
        else:
            pytest.fail("".join(said))
    finally:
        process.terminate()
        said.append(process.communicate(timeout=30)[0])
    assert "Traceback" not in "".join(said)
