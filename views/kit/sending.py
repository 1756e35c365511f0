"""Send to: one button for each thing that a result gives and each experiment that takes it."""

from __future__ import annotations

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
    """Where what is shown came from, with a link to that run; empty when nobody sent it.

    What that run was given itself follows, a link for each run on the way.
    """
    told = sending.givers(text)
    if not told:
        return {}
    links, sentences = [], []
    for way, spec in told:
        place = f"{_place(way.experiment)}: {registry.experiment(way.experiment).card.title}"
        begins = "Before that: " if sentences else ""
        sentences.append(f"{begins}{label(way.thing, 80)}, from {place}.")
        if spec is not None and (href := link(way.experiment, spec)):
            links.append((place if links else "Open the run that gave it", href))
    return {"title": "Came from", "sentence": " ".join(sentences), "links": links}
