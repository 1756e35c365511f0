"""Lesions made by hand, written as the text that the lesion field takes."""

from __future__ import annotations

from engines.connectome.model import Wiring


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def with_neurons(wiring: Wiring, chosen: list[int]) -> str:
    """The lesion text and these neurons."""
    parts = _parts(wiring.spec.lesion)
    fresh = [wiring.neurons[k] for k in chosen if not wiring.lesioned[k]]
    return ", ".join([*parts, *fresh])


def without_neurons(wiring: Wiring, chosen: list[int]) -> str:
    """The lesion text without these neurons; classes and patterns are written out as names."""
    edges = [part for part in _parts(wiring.spec.lesion) if "->" in part]
    spared = set(chosen)
    cut = [n for k, n in enumerate(wiring.neurons) if wiring.lesioned[k] and k not in spared]
    return ", ".join([*cut, *edges])


def with_edges(wiring: Wiring, chosen: list[int]) -> str:
    """The lesion text and the edges between two neurons, both ways."""
    first, second = (wiring.neurons[k] for k in chosen[:2])
    fresh = [f"{first}->{second}", f"{second}->{first}"]
    parts = _parts(wiring.spec.lesion)
    return ", ".join([*parts, *(edge for edge in fresh if edge not in parts)])


def changed(action: str, wiring: Wiring, chosen: list[int]) -> str:
    """The lesion text after one of the inspector's actions; "heal" leaves nothing cut by hand."""
    match action:
        case "lesion":
            return with_neurons(wiring, chosen)
        case "restore":
            return without_neurons(wiring, chosen)
        case "cut":
            return with_edges(wiring, chosen)
        case _:
            return ""
