"""One chip per claim under the heading: the verdict, and on a press its figures in one picture."""

from __future__ import annotations

import math
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.contract import Claim, Estimate, Finding, Result
from engines.contract.claims import DIFFERS, HOLDS, UNSEEN
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.text import label

_MARKS = {HOLDS: "holds", DIFFERS: "differs", UNSEEN: "unseen"}
_SENTENCE_MAX = 400


class Claims(JSComponent):
    """Chips of an experiment's claims; a press opens what a verdict rests on."""

    chips = param.List(
        doc='Dicts with "mark", "says", "sentence", "rule", "source", "elsewhere" (this run does '
        'not test it) and "figures"; a figure has "name", "text", "how" and, as shares of the '
        'width, "low", "at" and "high".'
    )

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "claims.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "claims.css")]

    def __init__(self, claims: tuple[Claim, ...], **params: Any) -> None:
        """No run has tested a claim yet."""
        super().__init__(visible=bool(claims), **params)
        self._claims = claims
        self.wait("not run yet")

    def wait(self, says: str = "being judged") -> None:
        """Nothing is known of what is shown now."""
        self.chips = [_untested(claim, says) for claim in self._claims]

    def judge(self, result: Result) -> None:
        """Show what a result says of every claim."""
        self.tell(self.findings(result))

    def findings(self, result: Result) -> list[Finding | None]:
        """What a result says of every claim, None of one it does not test; touches no widget."""
        return [claim.finding(result) for claim in self._claims]

    def tell(self, findings: list[Finding | None]) -> None:
        """Show them."""
        self.chips = [
            _untested(claim, "not tested here", elsewhere=True)
            if finding is None
            else chip(finding)
            for claim, finding in zip(self._claims, findings, strict=True)
        ]


def _untested(claim: Claim, says: str, *, elsewhere: bool = False) -> dict[str, Any]:
    tested = f"The preset “{claim.preset}” tests it." if claim.preset else "Its preset tests it."
    return {
        "mark": "untested",
        "says": says,
        "sentence": label(claim.sentence, _SENTENCE_MAX),
        "source": label(claim.source, _SENTENCE_MAX),
        "rule": f"{tested} It {claim.holds_when.sentence}.",
        "elsewhere": elsewhere,
        "figures": [],
    }


def chip(finding: Finding) -> dict[str, Any]:
    """A judged claim as its chip shows it."""
    named = [("ours", finding.figure), ("control", finding.control)]
    if finding.difference is not None:
        named.append(("difference", finding.difference))
    shown = [(name, estimate) for name, estimate in named if estimate is not None]
    scale = _scale(finding)
    figures = [_figure(name, estimate, scale) for name, estimate in shown]
    if finding.published is not None:
        at = _share(finding.published, scale)
        figures.insert(1, {"name": "published", "text": f"{finding.published:.4g}",
                           "how": "", "low": at, "at": at, "high": at})  # fmt: skip
    return {
        "mark": _MARKS[finding.word],
        "says": finding.says,
        "sentence": label(finding.sentence, _SENTENCE_MAX),
        "source": label(finding.source, _SENTENCE_MAX),
        "rule": f"It {finding.rule}.",
        "figures": figures,
    }


def _figure(name: str, estimate: Estimate, scale: tuple[float, float]) -> dict[str, Any]:
    how = [estimate.of, estimate.estimator]
    how += [f"seed {estimate.seed}"] if estimate.seed is not None else []
    places: dict[str, float] = {}
    if name != "difference":  # on another scale than the two it lies between
        ends = {"low": estimate.low, "at": estimate.value, "high": estimate.high}
        places = {end: _share(value, scale) for end, value in ends.items()}
    said = label("; ".join(part for part in how if part), _SENTENCE_MAX)
    return {"name": name, "text": str(estimate), "how": said, **places}


def _scale(finding: Finding) -> tuple[float, float]:
    """Least and greatest of what is drawn, with room at both ends."""
    drawn = [e for e in (finding.figure, finding.control) if e is not None]
    values = [end for e in drawn for end in (e.low, e.high)]
    values += [finding.published] if finding.published is not None else []
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    room = 0.08 * (high - low) or 0.5 * abs(high) or 1.0
    return low - room, high + room


def _share(value: float, scale: tuple[float, float]) -> float:
    """Where a value lies on the scale, 0 to 1."""
    share = (value - scale[0]) / (scale[1] - scale[0])
    return round(min(1.0, max(0.0, share)), 4)
