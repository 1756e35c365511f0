"""What the Atlas tells of every experiment; cards, specs and docstrings are the only source."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Any

from engines.boundary import shipped
from engines.contract import Experiment
from engines.contract.claims import DIFFERS, HOLDS, UNSEEN
from engines.running import registry
from explorer.links import address, finished_workbenches, related_links
from explorer.timing import all_seconds

_WORD = re.compile(r"[^\W_]{3,}")


def entries() -> list[dict[str, Any]]:
    """One dict per experiment that people choose from, in the order of the workbenches."""
    families = [f for w in finished_workbenches() for f in registry.families(w)]
    length = all_seconds(tuple(name for family in families for name in family.members))
    return [
        {
            **_told(name),
            "workbench": family.workbench.title(),
            "family": family.title,
            "about": family.sentence,
            "seconds": str(length[name]),
            "related": related_links(name),
        }
        for family in families
        for name in family.members
    ]


@lru_cache(maxsize=1024)
def _told(name: str) -> dict[str, Any]:
    experiment = registry.experiment(name)
    card = experiment.card
    return {
        "name": name,
        "title": card.title,
        "claim": card.claim,
        "paper": "" if card.paper == "none" else card.paper,
        "link": card.link if card.link.startswith("https://") else "",
        "href": address(name),
        "claims": _claims(name, experiment),
        "words": " ".join(_words(experiment)),
    }


_TONES = {HOLDS: "good", DIFFERS: "warning", UNSEEN: "plain"}


def _claims(name: str, experiment: Experiment) -> list[dict[str, str]]:
    """Every claim; its verdict where a result that tests it came with the build."""
    told = []
    for claim in experiment.claims:
        row = {"sentence": claim.sentence, "source": claim.source}
        first = shipped.find(name, experiment.presets.get(claim.preset, experiment.default()))
        finding = claim.finding(first.result) if first is not None else None
        if finding is not None:
            row |= {"says": finding.says, "tone": _TONES[finding.word]}
        told.append(row)
    return told


def _words(experiment: Experiment) -> list[str]:
    """Every word of knobs, presets and docstrings, once each, so that a search finds them."""
    fields = experiment.spec.model_fields.values()
    module = sys.modules.get(experiment.frames.__module__)
    said = [
        *(field.title or "" for field in fields),
        *(field.description or "" for field in fields),
        *experiment.presets,
        experiment.spec.__doc__ or "",
        (module.__doc__ if module else "") or "",
    ]
    return sorted({word.lower() for text in said for word in _WORD.findall(text)})
