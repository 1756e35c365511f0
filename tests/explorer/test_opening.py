"""What a page shows before its scripts have loaded."""

from __future__ import annotations

import re

import pytest

from engines.running import registry
from explorer.asked import address_from_arguments
from explorer.opening import opening
from views.kit.stills import still

NAMES = [n for workbench in registry.workbenches() for n in registry.listed(workbench)]


def text(name: str = "", **options: bool) -> str:
    """The part of the page that stands before its scripts."""
    template = opening(name, **options)
    return "".join(template.blocks["loader"](template.new_context({})))


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_has_its_picture_in_both_themes(name):
    assert set(still(*name.split("/"))) == {"light", "dark"}


def test_the_picture_stands_only_where_the_address_asks_for_what_it_shows():
    name = "sorting/run"
    title = registry.experiment(name).card.title
    assert len(re.findall('<img class="nx-still"', text(name, first=True))) == 2
    assert "<img" not in text(name)
    assert f"<h1>{title}</h1>" in text(name)
    assert "<h1>" not in text()


@pytest.mark.parametrize(
    ("arguments", "plain"),
    [
        ({}, True),
        ({"x": [b"run"]}, True),
        ({"theme": [b"dark"]}, True),
        ({"n_cells": [b"40"]}, False),
        ({"tour": [b"own-will"]}, False),
        ({"preset": [b"any"]}, False),
        ({"resume": [b""]}, False),
        ({"view": [b'{"at": 3}']}, False),
    ],
)
def test_an_address_says_nothing_when_it_only_names_an_experiment(arguments, plain):
    assert address_from_arguments(arguments).says_nothing is plain
