"""What goes with an experiment: declared, by paper, by data."""

from __future__ import annotations

import dataclasses

import pytest

from engines.contract import Card
from engines.running import registry
from explorer.links import related_links
from explorer.related import Related, everything, related


def ties(name: str) -> dict[str, str]:
    return {other.name: other.why for other in related(name)}


def test_experiments_on_one_paper_name_each_other():
    # Alleman, Lindsey & Fusi 2024 is the paper of exactly these two.
    assert ties("geometry/studio")["geometry/phase"] == "same paper"
    assert ties("geometry/phase")["geometry/studio"] == "same paper"


def test_every_tie_goes_both_ways_and_nothing_is_tied_to_itself():
    for name in everything():
        assert name not in ties(name)
        for other in ties(name):
            assert name in ties(other)


def test_experiments_without_a_paper_are_not_joined_by_that():
    none = {n for n in everything() if registry.experiment(n).card.paper == "none"}
    assert len(none) > 1
    for name in none:
        assert "same paper" not in ties(name).values()


@pytest.fixture
def declared(monkeypatch):
    """Experiments with other cards, while the test lasts."""
    real = registry.experiment
    cards: dict[str, Card] = {}

    def experiment(name: str):
        found = real(name)
        return dataclasses.replace(found, card=cards.get(name, found.card))

    monkeypatch.setattr(registry, "experiment", experiment)
    related.cache_clear()
    yield cards
    related.cache_clear()


def test_a_declared_control_comes_first_and_is_told_on_both_sides(declared):
    card = registry.experiment("geometry/saxe").card
    declared["geometry/saxe"] = dataclasses.replace(card, control_of="geometry/studio")
    assert related("geometry/studio")[0] == Related("geometry/saxe", "control of this one")
    assert related("geometry/saxe")[0] == Related("geometry/studio", "this is its control")


def test_what_one_card_declares_both_show(declared):
    card = registry.experiment("sorting/grid").card
    declared["sorting/grid"] = dataclasses.replace(card, related=("pointer/causal",), link="")
    assert ties("pointer/causal")["sorting/grid"] == "goes with it"
    shown = {link["title"]: link for link in related_links("sorting/grid")}
    assert shown["Undo a shuffle"]["why"] == "goes with it, in Pointer"
    assert shown["Undo a shuffle"]["href"] == "./pointer?x=causal"
