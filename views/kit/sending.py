"""Send to: one button for each thing that a result gives and each experiment that takes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engines.contract import ExplorerError, Result, Spec
from engines.contract.sending import Gift, origin
from engines.running import registry, sending
from views.kit.components import Facts
from views.kit.text import label


class SendTo:
    """The buttons under the inspector.

    Args of the constructor:
        go: told the name and the spec that shows what was sent.
        complain: told what went wrong.
    """

    def __init__(self, go: Callable[[str, Spec], None], complain: Callable[[str], None]) -> None:
        self.facts = Facts(self._press, sections=[], sizing_mode="stretch_width")
        self._go, self._complain = go, complain
        self._name, self._spec = "", None
        self._offers: tuple[tuple[Gift, str], ...] = ()

    def show(self, name: str, spec: Spec, result: Result) -> None:
        """Offer what this result of a run gives."""
        self._name, self._spec, self._offers = name, spec, sending.offers(result)
        actions = [
            {
                "id": str(k),
                "label": f"{label(gift.title, 60)} → {_place(to)}",
                "title": f"Open it in {registry.experiment(to).card.title}",
            }
            for k, (gift, to) in enumerate(self._offers)
        ]
        self.facts.sections = [{"title": "Send to", "actions": actions}] if actions else []

    def _press(self, action: str) -> None:
        gift, to = self._offers[int(action)]
        assert self._spec is not None
        try:
            spec = sending.taken(gift.make(), to, came=origin(self._name, self._spec, gift.title))
        except ExplorerError as error:
            self._complain(str(error))
            return
        self._go(to, spec)


def _place(name: str) -> str:
    return name.partition("/")[0].title()


def origin_section(text: str, link: Callable[[str, Spec], str]) -> dict[str, Any]:
    """Where what is shown came from, with a link to that run; empty when nobody sent it."""
    try:
        told = json.loads(text) if text else {}
        name, thing = str(told["experiment"]), str(told["thing"])
        card = registry.experiment(name).card
        spec = registry.experiment(name).spec.from_json(told["spec"]) if told["spec"] else None
    except (ValueError, KeyError, TypeError, ExplorerError):
        return {}
    sentence = f"{label(thing, 80)}, from {name.partition('/')[0].title()}: {card.title}."
    href = link(name, spec) if spec is not None else ""
    links = [("Open the run that gave it", href)] if href else []
    return {"title": "Came from", "sentence": sentence, "links": links}
