"""Where one cost overtakes another, against the closed form."""

from __future__ import annotations

from engines.diagrams import LIBRARY, Diagram
from engines.diagrams.costing.crossover import dominance
from engines.diagrams.graph.sizes import numbers


def test_attention_overtakes_its_maps_where_the_closed_form_says():
    """Four maps cost 8hkmx and two contractions 4hkx²; the feed-forward part costs 4fmx."""
    diagram = Diagram.from_text(LIBRARY["pre-norm"].text)
    (found,) = dominance(diagram, diagram.costs(), "x")
    n = numbers(diagram)
    maps, forward = 8 * n["h"] * n["k"] * n["m"], 4 * n["f"] * n["m"]
    assert found.size == (maps + forward) / (4 * n["h"] * n["k"])
    assert str(found) == (
        f"Above x = {found.size:,.0f}, s and o in Layer/MultiHeadAttention (growing as x²) cost "
        "more than q, p, v and z in Layer/MultiHeadAttention, u and d in Layer (growing as x)."
    )
