"""Addresses: of workbenches, families, experiments and what goes with them."""

from __future__ import annotations

from typing import Any

from engines.contract import Spec
from engines.running import registry
from explorer.address import query_from_spec
from explorer.related import related
from explorer.sessions import session_from_specs


def finished_workbenches() -> tuple[str, ...]:
    """Workbenches that have at least one experiment for people."""
    return tuple(name for name in registry.workbenches() if registry.is_open(name))


def links(active: str = "") -> list[dict[str, Any]]:
    """The header's links: every workbench with something to show."""
    return [
        {"title": name.title(), "href": f"./{name}", "active": name == active}
        for name in finished_workbenches()
    ]


def address(name: str) -> str:
    """Where an experiment opens as it comes, relative to any page of the app."""
    workbench, _, leaf = name.partition("/")
    return f"./{workbench}?x={leaf}"


def link_to(name: str, spec: Spec) -> str:
    """The address of an experiment with this spec, relative to any page of the app."""
    session = session_from_specs(name.partition("/")[0], {name: spec}, {})
    query = query_from_spec(spec, registry.experiment(name).default(), session=session)
    return address(name) + (f"&{query}" if query else "")


def experiment_links(workbench: str, active: str) -> list[dict[str, Any]]:
    """The workbench's families with their experiments."""
    return [
        {
            "title": family.title,
            "sentence": family.sentence,
            "active": active in family.members,
            "members": [_member(name, name == active) for name in family.members],
        }
        for family in registry.families(workbench)
    ]


def _member(name: str, active: bool) -> dict[str, Any]:
    card = registry.experiment(name).card
    return {"title": card.title, "claim": card.claim, "href": address(name), "active": active}


def related_links(name: str) -> list[dict[str, str]]:
    """What goes with an experiment, and why; those of other workbenches say where they are."""
    found = []
    for other in related(name):
        workbench = other.name.partition("/")[0]
        elsewhere = "" if workbench == name.partition("/")[0] else f", in {workbench.title()}"
        title = registry.experiment(other.name).card.title
        found.append({"title": title, "why": other.why + elsewhere, "href": address(other.name)})
    return found
