"""What the inspector says about a drawing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from engines.contract import Card
from engines.diagrams.specs.drawing import Drawing


@dataclass(frozen=True)
class About:
    """The cards of a drawing."""

    cards: dict[str, dict[str, Any]]

    @property
    def blocks(self) -> tuple[str, ...]:
        """Paths of every block."""
        return tuple(path for path, card in self.cards.items() if card["block"])

    def section(self, path: str) -> dict[str, Any]:
        """The operation that was picked."""
        card = self.cards.get(path)
        if card is None:
            return {}
        rows = [
            ["takes", ", ".join(card["takes"]) or "nothing"],
            ["gives", ", ".join(card["gives"])],
        ]
        rows += [[name, f"{poly} = {value:,.0f}"] for name, poly, value in card["costs"]]
        if card["torch"]:
            rows.append(["torch", card["torch"]])
        place = card["origin"] or (f"line {card['line']}" if card["line"] else "")
        return {
            "title": card["title"],
            "rows": rows,
            "sentence": f"Gradient: {card['gradient']}" if card["gradient"] else "",
            "note": place,
        }


def about(drawing: Drawing) -> About:
    """The cards of a drawing, read once."""
    return About(json.loads(drawing.cards))


def cost_section(drawing: Drawing) -> dict[str, Any]:
    """Totals as polynomials and numbers, and where one cost overtakes another."""
    rows = [
        [name, {"text": f"{value:,.0f}", "title": poly}] for name, poly, value in drawing.totals
    ]
    flops = next((poly for name, poly, _ in drawing.totals if name == "FLOPs"), "")
    shown = flops if len(flops) <= 160 else flops[:157] + "…"
    return {
        "title": "Costs",
        "rows": rows,
        "sentence": " ".join(drawing.sentences[:3]),
        "note": f"FLOPs = {shown}. Numbers, not bytes; a multiply-add is two FLOPs.",
    }


def provenance(card: Card) -> dict[str, Any]:
    """Where the language comes from."""
    links = [(card.paper, card.link)] if card.link else []
    return {"title": "Source", "sentence": card.claim, "links": links}
