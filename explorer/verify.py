"""``python -m explorer verify``: published and closed-form numbers on the user's own machine."""

from __future__ import annotations

import time
from typing import TextIO

from engines.answers.experiments.known import claims as claimed
from engines.answers.experiments.known.verify import Verification, VerifyFrame, VerifySpec, frames
from engines.contract import ExplorerError, Verdict

COLUMNS = ("target", "source", "expected", "ours", "verdict")
CLAIM_COLUMNS = ("claim", "source", "published", "ours", "control", "verdict")


def row(verdict: Verdict) -> tuple[str, str, str, str, str]:
    """One verdict as COLUMNS."""
    return (
        verdict.target,
        verdict.source,
        f"{verdict.expected:g} ± {verdict.tolerance:g}",
        f"{verdict.ours:.5g}",
        "reproduced" if verdict.reproduced else "DIFFERS",
    )


def claim_row(judged: claimed.Judged) -> tuple[str, str, str, str, str, str]:
    """One finding as CLAIM_COLUMNS."""
    found = judged.finding
    return (
        f"{judged.experiment}: {found.sentence}",
        found.source,
        "" if found.published is None else f"{found.published:.4g}",
        str(found.figure),
        "" if found.control is None else f"{found.control} ({found.control.of})",
        found.says,
    )


def verify(workbench: str | None, *, full: bool, out: TextIO) -> int:
    """Print the tables as they come; the exit status is 1 when one differs, 2 for a wrong name.

    A claim that does not hold is a finding and changes no status.
    """
    try:
        status = _answers(workbench or "", full=full, out=out)
        _claims(workbench or "", full=full, out=out)
    except ExplorerError as error:
        out.write(f"{error}\n")
        return 2
    return status


def _answers(workbench: str, *, full: bool, out: TextIO) -> int:
    start, shown, n_failed = time.monotonic(), 0, 0
    _write(out, COLUMNS)
    for item in frames(VerifySpec(workbench=workbench, full=full)):
        if isinstance(item, VerifyFrame | Verification):
            for verdict in item.verdicts[shown:]:
                _write(out, row(verdict))
                n_failed += not verdict.reproduced
            shown = len(item.verdicts)
    seconds = time.monotonic() - start
    kept = shown - n_failed
    out.write(f"{kept} of {shown} reproduced, {n_failed} differ, {seconds:.0f} s\n")
    return 1 if n_failed else 0


def _claims(workbench: str, *, full: bool, out: TextIO) -> None:
    shown, left, words = 0, 0, dict.fromkeys(("holds", "differs", "no difference seen"), 0)
    for item in claimed.frames(claimed.ClaimsSpec(workbench=workbench, full=full)):
        if not isinstance(item, claimed.ClaimsFrame | claimed.Claimed):
            continue
        for judged in item.judged[shown:]:
            if not any(words.values()):
                _write(out, CLAIM_COLUMNS)
            _write(out, claim_row(judged))
            words[judged.finding.word] += 1
        shown = len(item.judged)
        left = item.n_left if isinstance(item, claimed.Claimed) else 0
    said = [f"{n} {word}" for word, n in words.items() if n]
    said += [f"{left} more with --full"] if left else []
    if said:
        out.write(f"claims: {', '.join(said)}\n")


def _write(out: TextIO, cells: tuple[str, ...]) -> None:
    out.write(" | ".join(cells) + "\n")
    out.flush()
