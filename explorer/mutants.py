"""``python -m explorer verify --mutate``: rules broken on purpose, one line each, must be noticed.

The list is data, ``assets/mutants/<workbench>.toml``. Every broken rule is tried in a scratch copy
of the tree: the known answers and tests that it names hold before, and one of them fails after.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from engines.contract import SpecError
from views.kit.assets import asset

LIMIT_S = 600.0
"""A check that takes longer has noticed that something is wrong."""

Outcome = Literal["noticed", "passed unnoticed", "could not be tried"]

_FOLDERS = ("engines", "views", "explorer", "assets", "tests")
_ANSWER = """
import sys
from engines.running import registry
name, target = sys.argv[1:]
found = [a for a in registry.experiment(name).known_answers() if a.target == target]
if len(found) != 1:
    sys.exit(9)
verdict = found[0].verdict()
print(verdict)
sys.exit(0 if verdict.reproduced else 1)
"""


@dataclass(frozen=True)
class Mutant:
    """A rule broken in one line, and what should notice."""

    workbench: str
    name: str
    file: str
    """From the root of the tree, with slashes."""
    old: str
    new: str
    notices: tuple[str, ...]
    """Known answers as ``experiment | target``, tests as pytest names them."""

    def broken(self, text: str) -> str:
        """The file's text with the line replaced.

        Raises:
            SpecError: the old line does not stand there exactly once.
        """
        lines = text.splitlines(keepends=True)
        places = [k for k, line in enumerate(lines) if line.rstrip("\n") == self.old]
        if len(places) != 1:
            raise SpecError(
                f"{self.file} should hold the line {self.old.strip()!r} once, it holds it "
                f"{len(places)} times; renew assets/mutants/{self.workbench}.toml"
            )
        lines[places[0]] = self.new + "\n"
        return "".join(lines)


def mutants(workbench: str = "") -> tuple[Mutant, ...]:
    """The committed list, of one workbench or of all.

    Raises:
        SpecError: no rule of such a workbench is listed.
    """
    paths = sorted(asset("mutants").glob("*.toml"))
    if workbench and workbench not in {path.stem for path in paths}:
        there = ", ".join(path.stem for path in paths)
        raise SpecError(f"no rules of {workbench!r} are listed to be broken; there are: {there}")
    found = []
    for path in paths:
        if workbench in ("", path.stem):
            rows = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
            found += [
                Mutant(path.stem, **{**row, "notices": tuple(row["notices"])}) for row in rows
            ]
    return tuple(found)


class Scratch:
    """A copy of the tree to break rules in."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Copies what ``root`` holds of the tree; an installed product has no tests."""
        self.folder = folder
        for name in _FOLDERS:
            source = root / name
            if source.exists():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / name, ignore=ignored)
        if (root / "pyproject.toml").exists():
            shutil.copy(root / "pyproject.toml", folder)

    def tried(self, mutant: Mutant) -> tuple[Outcome, str]:
        """Break the rule, ask, mend it; and what noticed.

        Raises:
            SpecError: the old line does not stand there exactly once.
        """
        path = self.folder / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.broken(whole), encoding="utf-8")
        try:
            return self._asked(mutant, _cache_of(mutant.name))
        finally:
            path.write_text(whole, encoding="utf-8")

    def _asked(self, mutant: Mutant, cache: str) -> tuple[Outcome, str]:
        n_unable = 0
        for check in mutant.notices:
            status = self.status(check, cache)
            if status == 1:
                return "noticed", check
            n_unable += status != 0
        unable = n_unable == len(mutant.notices)
        return ("could not be tried" if unable else "passed unnoticed"), ""

    def status(self, check: str, cache: str = "whole") -> int:
        """0 when the check holds, 1 when it fails or crashes, more when it is not there."""
        name, bar, target = check.partition(" | ")
        if bar:
            command = [sys.executable, "-c", _ANSWER, name, target]
        else:
            if not (self.folder / check.partition("::")[0]).exists():
                return 9
            quick = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--timeout", "300"]
            command = [sys.executable, "-m", "pytest", *quick, check]
        own = {
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_CACHE_DIR": str(self.folder / "kernels" / cache),
        }
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")} | own
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, and names from our own list
                command,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                timeout=LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 1
        return 1 if done.returncode < 0 else done.returncode


def _cache_of(name: str) -> str:
    """Compiled kernels of a broken rule must not be found by another."""
    return "".join(c if c.isalnum() else "-" for c in name)


def tree() -> Path:
    """The folder that holds engines, and in a checkout the tests."""
    import engines

    return Path(engines.__file__ or "").parent.parent


def outcomes(
    chosen: tuple[Mutant, ...], folder: Path
) -> Iterator[tuple[Mutant, Outcome, str, float]]:
    """Every rule broken in turn: outcome, what noticed, and seconds."""
    scratch = Scratch(tree(), folder)
    for mutant in chosen:
        start = time.monotonic()
        outcome, check = scratch.tried(mutant)
        yield mutant, outcome, check, time.monotonic() - start


def mutate(workbench: str | None, *, out: TextIO) -> int:
    """Print the table as it comes; the exit status is 1 when a broken rule passes unnoticed."""
    n_noticed, n_missed, n_all = 0, 0, 0
    try:
        chosen = mutants(workbench or "")
        with tempfile.TemporaryDirectory(prefix="explorer-mutants-") as folder:
            out.write("workbench | broken rule | outcome | noticed by | seconds\n")
            for mutant, outcome, check, seconds in outcomes(chosen, Path(folder)):
                n_all += 1
                n_noticed += outcome == "noticed"
                n_missed += outcome == "passed unnoticed"
                row = (mutant.workbench, mutant.name, outcome, check, f"{seconds:.0f}")
                out.write(" | ".join(row) + "\n")
                out.flush()
    except SpecError as error:
        out.write(f"{error}\n")
        return 2
    left = n_all - n_noticed - n_missed
    out.write(f"{n_noticed} of {n_all} broken rules noticed, {n_missed} passed unnoticed")
    out.write(f", {left} could not be tried (tests come with a checkout)\n" if left else "\n")
    return 1 if n_missed else 0
