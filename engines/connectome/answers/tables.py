"""What must come out of the real tables in spite of the traps in them, trap by trap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from engines.connectome.wiring.bundled_tables import bundled
from engines.connectome.wiring.catalogue import load
from engines.connectome.wiring.celegans import canonical, neuromuscular_junctions, soma_table
from engines.contract import KnownAnswer

_NEURON_CONNECT = "NeuronConnect of Varshney et al. 2011"
_COOK = "Cook et al. 2019, Nature 571:63, supplementary information 5, July 2020"
_WITVLIET = "Witvliet et al. 2021, Nature 596:257"
_WHITE = "White et al. 1986, Phil Trans R Soc B 314:1"


def _varshney() -> Any:
    return pd.read_csv(bundled("celegans/varshney2011_neuronconnect.csv"))


def _names_as_written() -> float:
    table = _varshney()
    table = table[table["type"] != "NMJ"]
    return float(len({*table["n1"], *table["n2"]}))


def _seen_by_receiver() -> float:
    return float(_varshney()["type"].isin(["R", "Rp"]).sum())


def _junctions_and_loops() -> float:
    layer = load("varshney2011").layer("electrical")
    apart = layer.pre != layer.post
    return float(layer.weight[apart].sum() / 2 + layer.weight[~apart].sum())


def _cook(what: str) -> float:
    cook = load("cook2019")
    chemical, electrical = cook.layer("chemical"), cook.layer("electrical")
    return {
        "neurons": float(cook.n_neurons),
        "edges": float(chemical.n_edges),
        "weight": float(chemical.weight.sum()),
        "loops": float(chemical.n_self_loops),
        "gap loops": float(electrical.n_self_loops),
        "pairs": float(electrical.n_pairs + electrical.n_self_loops),
    }[what]


def _padded() -> float:
    """Names in Cook's file with a zero that the other tables do not write."""
    table: Any = pd.read_csv(bundled("celegans/cook2019_herm_edges.csv"))
    written = {*table["pre"], *table["post"]}
    return float(sum(canonical(n) != n and canonical(n) in load("cook2019").index for n in written))


def _witvliet(largest: bool) -> float:
    sizes = [load(f"witvliet2021_{k}").n_neurons for k in range(1, 9)]
    return float(max(sizes) if largest else min(sizes))


def _placed() -> float:
    names = [canonical(name) for name in soma_table().index]
    return float(len(names) - len(set(names)))


def _unplaced() -> float:
    return float(np.isnan(load("varshney2011").position_um).any(axis=1).sum())


def table_answers() -> tuple[KnownAnswer, ...]:
    """One line per trap: what a naive reading gets wrong, as our reading gets it."""
    rows = [
        ("names as they are written, avfl and avfr among them", _NEURON_CONNECT, 281,
         _names_as_written),
        ("rows that list a synapse again, by its receiver", _NEURON_CONNECT, 2_658,
         _seen_by_receiver),
        ("neuromuscular junctions, which are no edges", "1,410 in print; " + _NEURON_CONNECT, 1_410,
         lambda: float(neuromuscular_junctions())),
        ("gap junctions, those to itself included", "890 in print; " + _NEURON_CONNECT, 890,
         _junctions_and_loops),
        ("Cook: neurons", _COOK, 300, lambda: _cook("neurons")),
        ("Cook: chemical edges", _COOK, 3_707, lambda: _cook("edges")),
        ("Cook: chemical weight", _COOK, 20_905, lambda: _cook("weight")),
        ("Cook: electrical pairs", _COOK, 1_101, lambda: _cook("pairs")),
        ("Cook: chemical self-loops, kept", _COOK, 38, lambda: _cook("loops")),
        ("Cook: electrical self-loops, kept", _COOK, 14, lambda: _cook("gap loops")),
        # AS1-9, DA1-9, DB1-7, DD1-6, VA1-9, VB1-9, VC1-6 and VD1-9.
        ("Cook: zero-padded names, VB01 for VB1", _COOK, 64, _padded),
        ("Witvliet: cells of the smallest animal", _WITVLIET, 187, lambda: _witvliet(False)),
        ("Witvliet: cells of the largest animal", _WITVLIET, 222, lambda: _witvliet(True)),
        ("White: cells, glia and muscle among them", _WHITE, 309,
         lambda: float(load("white1986").n_neurons)),
        ("neurons with two soma positions", "OpenWorm, Virtual Worm model", 0, _placed),
        ("worm neurons without a soma position", "OpenWorm, Virtual Worm model", 0, _unplaced),
    ]  # fmt: skip
    return tuple(KnownAnswer(name, source, float(v), 0.0, f) for name, source, v, f in rows)
