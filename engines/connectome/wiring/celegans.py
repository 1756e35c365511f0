"""The worm's tables: names made canonical, listings merged, annotations joined.

Every trap of the files is handled here once: synapses listed from both sides, names in lower
case, zero-padded names, muscles and glia among the partners, self-loops.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from engines.connectome.wiring.bundled_tables import bundled
from engines.connectome.wiring.connectome import Connectome, Layer, Provenance, layer_from_edges

_PADDED = re.compile(r"^([A-Z]+)0(\d)$")
_NUMBERED = re.compile(r"^(AS|DA|DB|DD|VA|VB|VC|VD)\d+$")
_MUSCLE = re.compile(r"^(BWM|LegacyBodyWallMuscles|MDL|MDR|MVL|MVR|vm|um|pm)")
_GLIA = re.compile(r"^(CEPsh|GLR|exc)")
_ODD = {"SABD": "SAB", "SABVL": "SAB", "SABVR": "SAB", "RMED": "RME", "RMEV": "RME"}
_LICENCE = "read from cect 0.3.5 (MIT); the paper's own terms rule"


def canonical(name: str) -> str:
    """A neuron's name as WormAtlas writes it: trimmed, upper case, numbers unpadded.

    >>> canonical(" vb01 "), canonical("avfl"), canonical("AVAL")
    ('VB1', 'AVFL', 'AVAL')
    """
    trimmed = name.strip()
    if _MUSCLE.match(trimmed) or _GLIA.match(trimmed):
        return trimmed
    return _PADDED.sub(r"\1\2", trimmed.upper())


def neuron_class(name: str) -> str:
    """The class a neuron belongs to: its name without side and number.

    >>> neuron_class("AVAL"), neuron_class("VB11"), neuron_class("IL2DR"), neuron_class("RID")
    ('AVA', 'VB', 'IL2', 'RID')
    """
    if numbered := _NUMBERED.match(name):
        return numbered.group(1)
    if name in _ODD:
        return _ODD[name]
    known = soma_roles().keys()
    for cut in (2, 1):
        stem, side = name[:-cut], name[-cut:]
        partner = stem + side.translate(str.maketrans("LR", "RL"))
        # All four quadrants, or AVDL (dorsal to no AVVL) would be an AV.
        if cut == 2 and side in ("DL", "DR", "VL", "VR") and {f"{stem}DL", f"{stem}VL"} <= known:
            return stem
        if cut == 1 and side in "LR" and partner in known:
            return stem
    return name


@lru_cache(maxsize=1)
def soma_table() -> Any:
    """Soma centres in micrometres and roles, by neuron; y runs along the body."""
    return pd.read_csv(bundled("celegans/c302_soma_positions.csv")).set_index("neuron")


@lru_cache(maxsize=1)
def soma_roles() -> dict[str, str]:
    """sensory, interneuron, motor or polymodal, by neuron."""
    short = {
        "SensoryNeuron": "sensory",
        "Interneuron": "interneuron",
        "Motor Neuron": "motor",
        "PolymodalNeuron": "polymodal",
    }
    return {name: short.get(note, "") for name, note in soma_table()["role_note"].items()}


@lru_cache(maxsize=1)
def transmitters() -> dict[str, str]:
    """Classical transmitters by neuron, several joined by a plus sign."""
    table: Any = pd.read_csv(bundled("celegans/owmeta_celldb_dump.csv"))
    rows = table[table["Relationship"] == "Neurotransmitter"]
    found: dict[str, list[str]] = {}
    for name, transmitter in zip(rows["Entity1"], rows["Entity2"], strict=True):
        kinds = found.setdefault(canonical(str(name)), [])
        if str(transmitter) not in kinds:
            kinds.append(str(transmitter))
    return {name: " + ".join(sorted(kinds)) for name, kinds in found.items()}


@lru_cache(maxsize=1)
def cell_types() -> dict[str, str]:
    """WormAtlas types ("Layer 1 interneuron") by cell."""
    with bundled("celegans/all_cell_info.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 1]
    return {canonical(row[0]): row[1] for row in rows[1:]}


def role(name: str) -> str:
    """sensory, interneuron, motor, polymodal, muscle, glia, or "" when nobody says."""
    if _MUSCLE.match(name):
        return "muscle"
    if _GLIA.match(name):
        return "glia"
    return soma_roles().get(name, "")


@lru_cache(maxsize=1)
def extrasynaptic() -> dict[str, Any]:
    """Monoamine and neuropeptide edges (pre, post, n receptor and ligand pairs) by layer."""
    made = {}
    for layer, file in (("monoamine", "edgelist_MA"), ("neuropeptide", "edgelist_NP")):
        names = ["pre", "post", "ligand", "receptor"]
        table: Any = pd.read_csv(bundled(f"celegans/{file}.csv"), header=None, names=names)
        table["pre"], table["post"] = table["pre"].map(canonical), table["post"].map(canonical)
        made[layer] = table.groupby(["pre", "post"], as_index=False).size()
    return made


def worm(name: str, edges: dict[str, Any], provenance: Provenance) -> Connectome:
    """A worm from tables of pre, post, weight per layer, with all that is known of its neurons."""
    found = {cell for table in edges.values() for side in ("pre", "post") for cell in table[side]}
    neurons = tuple(sorted(found))
    index = {cell: k for k, cell in enumerate(neurons)}
    layers = [_layer(kind, table, index) for kind, table in edges.items()]
    for kind, table in extrasynaptic().items():
        here = table[table["pre"].isin(index) & table["post"].isin(index)]
        layers.append(_layer(kind, here.rename(columns={"size": "weight"}), index))
    columns = {
        "class": tuple(map(neuron_class, neurons)),
        "role": tuple(map(role, neurons)),
        "transmitter": tuple(transmitters().get(n, "") for n in neurons),
        "type": tuple(cell_types().get(n, "") for n in neurons),
    }
    places = soma_table()[["x_um", "y_um", "z_um"]].reindex(list(neurons)).to_numpy(float)
    return Connectome(name, neurons, tuple(layers), provenance, columns, places)


def _layer(kind: str, table: Any, index: dict[str, int]) -> Layer:
    pre = table["pre"].map(index).to_numpy(np.int64)
    post = table["post"].map(index).to_numpy(np.int64)
    weight = table["weight"].to_numpy(np.float64)
    return layer_from_edges(kind, pre, post, weight, symmetric=kind == "electrical")


def varshney2011() -> Connectome:
    """The somatic hermaphrodite: 279 neurons, 6,394 chemical synapses, 514 gap junction pairs."""
    table: Any = pd.read_csv(bundled("celegans/varshney2011_neuronconnect.csv"))
    table["pre"], table["post"] = table["n1"].map(canonical), table["n2"].map(canonical)
    table["weight"] = table["nbr"]
    # S and Sp are listed by the sender; R and Rp are the same synapses seen by the receiver.
    edges = {
        "chemical": table[table["type"].isin(["S", "Sp"])],
        "electrical": table[table["type"] == "EJ"],
    }
    return worm(
        "varshney2011",
        edges,
        Provenance(
            "C. elegans hermaphrodite, somatic (Varshney 2011)",
            "Varshney et al. 2011, PLoS Comput Biol 7:e1001066 (CC BY)",
            _LICENCE,
            "279 neurons, 2,194 chemical edges with 6,394 synapses, 514 gap junction pairs",
            (
                "The paper prints 6,393 synapses; the authors' own matrix sums to 6,394.",
                f"{neuromuscular_junctions():,} neuromuscular junctions are left out: no cell is "
                "their partner.",
                "AVFL and AVFR also stand in lower case in the file; they are one cell each.",
                "Pharyngeal neurons are not part of this table.",
                "Monoamine and neuropeptide edges: Bentley et al. 2016 (CC BY), weight = number of "
                "ligand and receptor pairs.",
            ),
        ),
    )


def neuromuscular_junctions() -> int:
    """Junctions in Varshney's table that have no cell as their partner, and are no edges."""
    table: Any = pd.read_csv(bundled("celegans/varshney2011_neuronconnect.csv"))
    return int(table.loc[table["type"] == "NMJ", "nbr"].sum())


def cook2019() -> Connectome:
    """The hermaphrodite of Cook et al., corrected in July 2020, pharynx included."""
    table: Any = pd.read_csv(bundled("celegans/cook2019_herm_edges.csv"))
    return worm(
        "cook2019",
        _edges_by_type(table),
        Provenance(
            "C. elegans hermaphrodite (Cook 2019, corrected 2020)",
            "Cook et al. 2019, Nature 571:63, supplementary information 5",
            _LICENCE,
            "300 neurons, 3,707 chemical edges with weight 20,905, 1,101 electrical pairs",
            (
                "Release of July 2020: other papers count 3,638 edges and 20,589 synapses.",
                "38 chemical and 14 electrical self-loops are kept in the data.",
            ),
        ),
    )


def white1986() -> Connectome:
    """The whole animal as White et al. drew it."""
    table: Any = pd.read_csv(bundled("celegans/white1986_whole_edges.csv"))
    return worm(
        "white1986",
        _edges_by_type(table),
        Provenance(
            "C. elegans hermaphrodite (White 1986)",
            "White et al. 1986, Phil Trans R Soc B 314:1",
            _LICENCE,
            "309 cells, 2,386 chemical and 575 electrical rows",
            ("Glia and one entry for all body wall muscles are among the cells.",),
        ),
    )


def witvliet(stage: int) -> Connectome:
    """One of eight animals, from birth (1) to adulthood (7 and 8)."""
    table: Any = pd.read_csv(bundled("celegans/witvliet2021_edges.csv"))
    made = _edges_by_type(table[table["dataset"] == stage])
    return worm(
        f"witvliet2021_{stage}",
        made,
        Provenance(
            f"C. elegans brain, animal {stage} of 8 (Witvliet 2021)",
            "Witvliet et al. 2021, Nature 596:257",
            _LICENCE,
            f"nerve ring of animal {stage}; 1 is newly hatched, 7 and 8 are adults",
            ("Brain (nerve ring) only; muscles and glia are among the cells.",),
        ),
    )


def _edges_by_type(table: Any) -> dict[str, Any]:
    clean = table.assign(
        pre=table["pre"].map(canonical), post=table["post"].map(canonical), weight=table["synapses"]
    )
    return {kind: clean[clean["type"] == kind] for kind in ("chemical", "electrical")}


@lru_cache(maxsize=1)
def skeletons() -> dict[str, Any]:
    """Neurite segments: names, int32 neuron of each, float32[segment, 3] ends in micrometres."""
    with np.load(bundled("celegans/c302_skeletons.npz"), allow_pickle=False) as stored:
        return {
            "names": tuple(map(str, stored["neuron"])),
            "neuron": stored["segment_neuron"].astype(np.int32),
            "proximal_um": stored["proximal_um"],
            "distal_um": stored["distal_um"],
        }
