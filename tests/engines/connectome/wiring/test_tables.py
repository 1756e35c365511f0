"""The real tables: every trap in them, and the counts that their papers print."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from engines.connectome import catalogue, load
from engines.connectome.answers.tables import table_answers
from engines.connectome.wiring.bundled_tables import bundled
from engines.connectome.wiring.celegans import canonical, neuron_class
from engines.connectome.wiring.connectome import layer_from_edges
from engines.contract import InputError

ASSETS = Path(__file__).parents[4] / "assets" / "connectome"


def test_what_ships_is_what_was_read():
    for line in (ASSETS / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest, name


def test_every_table_has_its_row_of_provenance():
    text = (ASSETS / "README.md").read_text()
    tables = [p for p in ASSETS.rglob("*") if p.suffix in (".csv", ".npz", ".gz", ".json")]
    families = ("mb_left", "mb_right")  # one row of the table for all of these
    alone = [p.name for p in tables if not p.name.startswith(families)]
    assert len(alone) >= 13
    assert not [name for name in alone if name not in text]


@pytest.mark.parametrize("answer", table_answers(), ids=lambda a: a.target)
def test_traps_of_the_real_tables(answer):
    assert answer.verdict().reproduced, answer.verdict()


def test_lower_case_avfl_is_no_neuron_of_its_own():
    worm = load("varshney2011")
    assert worm.n_neurons == 279  # 281 when avfl and avfr are taken for others
    assert {"AVFL", "AVFR"} <= set(worm.neurons)
    assert not [name for name in worm.neurons if name != name.upper()]


def test_a_synapse_listed_by_both_its_sides_counts_once():
    chemical = load("varshney2011").layer("chemical")
    assert (chemical.n_edges, chemical.weight.sum()) == (2_194, 6_394)


def test_a_gap_junction_listed_in_both_directions_is_one_pair():
    electrical = load("varshney2011").layer("electrical")
    assert (electrical.n_pairs, electrical.n_self_loops) == (514, 3)
    apart = electrical.pre != electrical.post
    assert electrical.weight[apart].sum() / 2 == 887
    matrix = electrical.matrix(279)
    assert (matrix != matrix.T).nnz == 0


def test_neuromuscular_junctions_are_no_edges():
    assert "NMJ" not in load("varshney2011").neurons
    assert any("1,410 neuromuscular" in c for c in load("varshney2011").provenance.caveats)


def test_cook_keeps_its_self_loops():
    cook = load("cook2019")
    chemical, electrical = cook.layer("chemical"), cook.layer("electrical")
    assert (cook.n_neurons, chemical.n_edges, chemical.weight.sum()) == (300, 3_707, 20_905)
    assert (chemical.n_self_loops, electrical.n_self_loops) == (38, 14)
    assert electrical.n_pairs + electrical.n_self_loops == 1_101


@pytest.mark.parametrize(
    ("written", "name"),
    [("VB01", "VB1"), ("VB1", "VB1"), ("vb11 ", "VB11"), (" avfl", "AVFL"), ("AS10", "AS10")],
)
def test_zero_padded_names_are_the_same_cells(written, name):
    assert canonical(written) == name


def test_muscles_keep_their_names():
    assert canonical("BWM-DL01") == "BWM-DL01"
    roles = dict(
        zip(load("witvliet2021_8").neurons, load("witvliet2021_8").column("role"), strict=True)
    )
    assert roles["BWM-DL01"] == "muscle"
    white = load("white1986")
    assert white.column("role")[white.index["GLRDL"]] == "glia"


def test_classes_of_varshney_are_those_of_white():
    # AVDL is dorsal to no AVVL, RMED belongs to RME and SABD to SAB.
    found = {n: neuron_class(n) for n in ("AVDL", "RMED", "SABD", "IL2DR", "RMDDL", "DVA", "VD13")}
    assert found == {"AVDL": "AVD", "RMED": "RME", "SABD": "SAB", "IL2DR": "IL2", "RMDDL": "RMD",
                     "DVA": "DVA", "VD13": "VD"}  # fmt: skip


def test_a_neuron_in_the_positions_twice_has_one_place():
    worm = load("varshney2011")
    assert worm.position_um.shape == (279, 3)
    assert np.isfinite(worm.position_um).all()


def test_what_nobody_knows_is_empty_not_guessed():
    white = load("white1986")
    assert "" in white.column("transmitter")
    assert np.isnan(white.position_um).any()


def test_witvliets_animals_grow():
    sizes = [load(f"witvliet2021_{k}").n_neurons for k in range(1, 9)]
    assert min(sizes) == 187
    edges = [load(f"witvliet2021_{k}").layer("chemical").n_edges for k in range(1, 9)]
    assert edges == [775, 986, 1012, 1136, 1515, 1525, 2202, 2186]


def test_the_larva_is_the_cut_that_was_published():
    larva = load("winding2023")
    layer = larva.layers[0]
    assert (larva.n_neurons, layer.n_edges, layer.weight.sum()) == (3_554, 119_010, 376_091)
    assert layer.n_self_loops == 577
    assert larva.neurons[0].isdigit()
    assert any("Not the published whole" in c for c in larva.provenance.caveats)


def test_mushroom_bodies_and_cell_types_have_their_counts():
    assert (load("eichler2017_left").n_neurons, load("eichler2017_right").n_neurons) == (209, 213)
    assert load("eichler2017_left").layers[0].n_edges == 7_425
    assert load("flyvis").layers[0].n_edges == 605
    assert (load("flyvis").layers[0].weight < 0).any()
    assert load("human_1").layers[0].symmetric


def test_the_catalogue_says_source_and_licence_of_all():
    table = catalogue()
    assert len(table) == 23
    assert (table["source"].str.len() > 10).all()
    synthetic = table.index[table["title"].str.contains("synthetic")]
    assert list(synthetic) == ["erdos_renyi", "lattice", "block_model"]


def test_an_unknown_dataset_offers_the_nearest():
    with pytest.raises(InputError, match=r"did you mean varshney2011"):
        load("varshny")


def test_a_missing_table_says_so():
    with pytest.raises(FileNotFoundError, match="reinstall"):
        bundled("celegans/nothing.csv")


def test_parallel_edges_are_added_and_symmetric_layers_completed():
    layer = layer_from_edges("chemical", [0, 0, 1], [1, 1, 0], [2.0, 3.0, 1.0])
    assert layer.weight.tolist() == [5.0, 1.0]
    gap = layer_from_edges("electrical", [0], [2], [4.0], symmetric=True)
    assert sorted(zip(gap.pre.tolist(), gap.post.tolist(), strict=True)) == [(0, 2), (2, 0)]


def test_networkx_gets_every_edge_with_its_layer():
    graph = load("varshney2011").to_networkx()
    assert graph.number_of_nodes() == 279
    layers = [d["layer"] for _, _, d in graph.edges(data=True)]
    assert layers.count("chemical") == 2_194
    assert graph.nodes["AVAL"]["class"] == "AVA"
