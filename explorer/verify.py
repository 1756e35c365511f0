"""``python -m explorer verify``: published and closed-form numbers on the user's own machine."""

from __future__ import annotations

import time
from typing import TextIO

from engines.answers.experiments.known.verify import Verification, VerifyFrame, VerifySpec, frames
from engines.contract import ExplorerError, Verdict

COLUMNS = ("target", "source", "expected", "ours", "verdict")


def row(verdict: Verdict) -> tuple[str, str, str, str, str]:
    """One verdict as COLUMNS."""
    return (
        verdict.target,
        verdict.source,
        f"{verdict.expected:g} ± {verdict.tolerance:g}",
        f"{verdict.ours:.5g}",
        "reproduced" if verdict.reproduced else "DIFFERS",
    )


def verify(workbench: str | None, *, full: bool, out: TextIO) -> int:
    """Print the table as it comes; the exit status is 1 when one differs, 2 for a wrong name."""
    start, shown = time.monotonic(), 0
    try:
        out.write(" | ".join(COLUMNS) + "\n")
        for item in frames(VerifySpec(workbench=workbench or "", full=full)):
            if isinstance(item, VerifyFrame | Verification):
                for verdict in item.verdicts[shown:]:
                    out.write(" | ".join(row(verdict)) + "\n")
                    out.flush()
                shown = len(item.verdicts)
            if isinstance(item, Verification):
                seconds = time.monotonic() - start
                kept = shown - item.n_failed
                out.write(
                    f"{kept} of {shown} reproduced, {item.n_failed} differ, {seconds:.0f} s\n"
                )
                return 1 if item.n_failed else 0
    except ExplorerError as error:
        out.write(f"{error}\n")
    return 2
