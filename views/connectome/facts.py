"""The inspector's sections: the selected neuron or pair, the numbers, the dataset's card."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.connectome.model import Measures, Paths, Wiring, shown
from views.kit.text import label

Section = dict[str, Any]
_PARTNERS = 10
HEADLINES = (
    "directed edges",
    "clustering",
    "path length",
    "efficiency",
    "reciprocity",
    "largest strong component",
    "sigma",
)
EMPTY: Section = {
    "title": "No neuron selected",
    "sentence": "Click a neuron in any picture, or type a name above and press Enter.",
    "note": "Shift-click adds one; two selected neurons show what runs between them.",
}


def lesion_section(wiring: Wiring, n_before: int) -> list[Section]:
    """What is cut out, and the ways back; nothing when nothing is and nothing was."""
    spec = wiring.spec
    if not (spec.lesion or spec.lesion_fraction or n_before):
        return []
    acts = [{"id": "undo", "label": "Undo last lesion"}] if n_before else []
    acts += [{"id": "heal", "label": "Restore all"}] if spec.lesion else []
    left = f"{wiring.n_left:,} of {wiring.n_neurons:,}"
    return [
        {
            "title": "Lesion",
            "sentence": label(spec.lesion, 300) or "No neuron is cut out by hand.",
            "rows": [["neurons left", left]],
            "actions": acts,
        }
    ]


def neuron_sections(wiring: Wiring, k: int) -> list[Section]:
    """One neuron: what is known, what can be done, partners by weight."""
    known = [(name, values[k]) for name, values in wiring.columns.items() if values[k]]
    numbers = [
        ("sends to", f"{wiring.out_degree[k]:,.0f} ({wiring.out_strength[k]:,.4g})"),
        ("receives from", f"{wiring.in_degree[k]:,.0f} ({wiring.in_strength[k]:,.4g})"),
    ]
    one, two = reached(wiring, k, 1), reached(wiring, k, 2)
    hops = [("within 1 and 2 hops", f"{len(one):,} and {len(two):,}")]
    cut = bool(wiring.lesioned[k])
    acts = [
        {"id": "restore" if cut else "lesion", "label": "Restore" if cut else "Lesion"},
        {"id": "hop 1", "label": "Select 1 hop"},
        {"id": "hop 2", "label": "2 hops"},
    ]
    rows = [[label(n), label(v)] for n, v in (*known, *numbers, *hops)]
    note = "Lesioned: its edges are cut and no measure counts it." if cut else ""
    if wiring.outside[k]:
        note = "Outside the component that is kept: no measure counts it."
    first = {"title": label(wiring.neurons[k]), "rows": rows, "actions": acts, "note": note}
    return [first, *_partners(wiring, k)]


def _partners(wiring: Wiring, k: int) -> list[Section]:
    made = []
    sides = ("Sends to", wiring.pre, wiring.post), ("Receives from", wiring.post, wiring.pre)
    for title, mine, other in sides:
        here = np.flatnonzero((mine == k) & (other != k) & ~wiring.cut)
        totals = np.bincount(other[here], np.abs(wiring.weight[here]), wiring.n_neurons)
        best = [j for j in np.argsort(-totals, kind="stable")[:_PARTNERS] if totals[j] > 0]
        rows = [[_pick(wiring, j), *_by_layer(wiring, here, other, j)] for j in best]
        names = sorted({int(v) for v in wiring.layer[here]})
        columns = ["", *(label(wiring.layer_names[n]) for n in names)]
        n_more = int(np.count_nonzero(totals)) - len(best)
        made.append(
            {
                "title": title,
                "columns": columns if rows else None,
                "rows": rows,
                "sentence": "" if rows else "Nobody, in the layers shown.",
                "note": f"and {n_more:,} more; {wiring.provenance.unit}" if n_more > 0 else "",
            }
        )
    return made


def _pick(wiring: Wiring, k: int) -> dict[str, str]:
    name = label(wiring.neurons[k])
    return {"text": name, "action": f"pick {k}", "title": f"Select {name}"}


def _by_layer(wiring: Wiring, here: np.ndarray, other: np.ndarray, j: int) -> list[str]:
    mine = here[other[here] == j]
    weight = {int(wiring.layer[e]): float(wiring.weight[e]) for e in mine}
    return [
        f"{weight[n]:.4g}" if n in weight else ""
        for n in sorted({int(v) for v in wiring.layer[here]})
    ]


def reached(wiring: Wiring, k: int, n_hops: int) -> list[int]:
    """Places of the neurons within so many steps, either direction, itself included."""
    seen = np.zeros(wiring.n_neurons, bool)
    seen[k] = True
    pre, post = wiring.pre[~wiring.cut], wiring.post[~wiring.cut]
    for _ in range(n_hops):
        fresh = seen.copy()
        fresh[post[seen[pre]]] = True
        fresh[pre[seen[post]]] = True
        seen = fresh
    return np.flatnonzero(seen).tolist()


def pair_sections(wiring: Wiring, first: int, second: int, paths: Paths | None) -> list[Section]:
    """Two neurons: what joins them directly, and the ways from the first to the second."""
    a, b = label(wiring.neurons[first]), label(wiring.neurons[second])
    rows = [
        [f"{x} → {y}", _direct(wiring, i, j)]
        for x, y, i, j in ((a, b, first, second), (b, a, second, first))
    ]
    direct: Section = {"title": f"{a} and {b}", "rows": rows}
    direct["actions"] = [
        {"id": "turn", "label": f"From {b} instead"},
        {"id": "lesion", "label": "Lesion both"},
        {"id": "cut edges", "label": "Cut the edges between them"},
    ]
    if paths is None:
        return [direct]
    if paths.n_steps < 0:
        return [direct, {"title": "No way", "sentence": f"{b} cannot be reached from {a} here."}]
    many = "s" if paths.n_shortest != 1 else ""
    steps = f"{paths.n_steps} step{'s' if paths.n_steps != 1 else ''}"
    title = f"{paths.n_shortest:,} shortest path{many} of {steps}"
    routes = [
        [" → ".join(map(label, names)), f"{weight:.4g}", f"{weakest:.4g}"]
        for names, weight, weakest in zip(paths.names, paths.weights, paths.weakest, strict=True)
    ]
    ways: Section = {
        "title": title,
        "columns": ["", "weight", "weakest"],
        "rows": routes,
        "actions": [{"id": "show paths", "label": "Show as layers in the graph"}],
        "note": f"the {len(routes)} shortest routes, weights summed along each",
    }
    return [direct, ways]


def _direct(wiring: Wiring, i: int, j: int) -> str:
    here = np.flatnonzero((wiring.pre == i) & (wiring.post == j) & ~wiring.cut)
    said = [f"{wiring.weight[e]:.4g} {label(wiring.layer_names[wiring.layer[e]])}" for e in here]
    return ", ".join(said) or "none"


def many_sections(wiring: Wiring, chosen: list[int]) -> list[Section]:
    """More than two neurons: how they are joined among themselves."""
    mask = np.zeros(wiring.n_neurons, bool)
    mask[chosen] = True
    inside = mask[wiring.pre] & mask[wiring.post] & (wiring.pre != wiring.post) & ~wiring.cut
    keys = np.unique(wiring.pre[inside].astype(np.int64) * wiring.n_neurons + wiring.post[inside])
    possible = len(chosen) * (len(chosen) - 1)
    names = ", ".join(label(wiring.neurons[k]) for k in chosen[:12])
    rows = [
        ["neurons", f"{len(chosen):,}"],
        ["directed edges among them", f"{len(keys):,}"],
        ["density among them", f"{len(keys) / possible:.4g}"],
    ]
    acts = [{"id": "lesion", "label": "Lesion all"}]
    more = f" and {len(chosen) - 12:,} more" if len(chosen) > 12 else ""
    return [{"title": "Selection", "rows": rows, "actions": acts, "note": names + more}]


def number_section(measures: Measures | None, before: Measures | None) -> list[Section]:
    """The headline numbers beside their nulls, and before the lesion when there is one."""
    if measures is None:
        return []
    rows = []
    for name in HEADLINES:
        if name not in measures.names:
            continue
        k = measures.names.index(name)
        whole = [shown(before.value(name))] if before is not None and name in before.names else [""]
        z = f"{measures.z[k]:.1f}" if np.isfinite(measures.z[k]) else ""
        extra = whole if before is not None else []
        rows.append([name, *extra, shown(measures.values[k], measures.why[k])[:24], z])
    columns = ["", "before", "now", "z"] if before is not None else ["", "value", "z"]
    note = f"z against {measures.n_nulls:,} nulls; all measures are under Measures"
    return [{"title": "Numbers", "columns": columns, "rows": rows, "note": note}]


def card_section(wiring: Wiring) -> Section:
    """Where the wiring comes from, and what to know of it."""
    said = wiring.provenance
    layers = ", ".join(map(label, wiring.layer_names))
    rows = [
        ["neurons", f"{wiring.n_left:,} of {wiring.n_neurons:,}"],
        ["directed edges", f"{wiring.n_edges:,}"],
        ["connected pairs", f"{wiring.n_pairs:,}"],
        ["layers there", layers],
    ]
    text = [f"{said.counts}.", *said.caveats, f"Licence: {said.licence}." if said.licence else ""]
    return {
        "title": label(said.title),
        "rows": rows,
        "sentence": label(said.source, 300),
        "tone": "warning" if said.synthetic else "",
        "note": label(" ".join(filter(None, text)), 1200),
    }
