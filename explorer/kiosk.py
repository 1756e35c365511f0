"""A browser that fills the screen, for a demo: no address bar, larger, a profile of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def browser_path() -> str:
    """A browser of the Chromium family on this machine; empty when there is none."""
    named = os.environ.get("EXPLORER_CHROMIUM", "")
    on_path = (shutil.which(name) or "" for name in _NAMES)
    there = (place for place in _PLACES if Path(place).is_file())
    return named or next(filter(None, on_path), "") or next(there, "")


def command(browser: str, url: str, profile: str, zoom: float) -> list[str]:
    """The command line; ``url`` lets in once, since others can read it."""
    return [
        browser,
        "--kiosk",
        f"--force-device-scale-factor={zoom:g}",
        f"--user-data-dir={profile}",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-pinch",
        "--overscroll-history-navigation=0",
        f"--app={url}",
    ]


class Kiosk:
    """One such browser; it and its profile end with the program."""

    def __init__(self, browser: str, url: str, zoom: float) -> None:
        """Start it.

        Raises:
            OSError: it cannot be started.
        """
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen(  # noqa: S603 - a browser found by name, no shell
            command(browser, url, self._profile.name, zoom),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """End it and forget what it kept."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._profile.cleanup()
