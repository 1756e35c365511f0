"""Strangers' files: what is read, what is said about it, and what is refused with a mend."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import networkx as nx
import numpy as np
import openpyxl
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from engines.connectome import load
from engines.connectome.exporting import write_connectome
from engines.connectome.importing import (
    ImportOptions,
    connectome_from_bytes,
    from_matrix,
    from_networkx,
    from_state_dict,
    read_connectome,
)
from engines.connectome.importing.child import connectome_from_upload
from engines.connectome.wiring.celegans import canonical
from engines.contract import InputError


def read(text: str, name: str = "edges.csv", **options):
    return connectome_from_bytes(name, text.encode(), ImportOptions(**options))


def edges(connectome):
    layer = connectome.layers[0]
    names = connectome.neurons
    return {
        (names[i], names[j]): w
        for i, j, w in zip(layer.pre, layer.post, layer.weight.tolist(), strict=True)
    }


# The table of bad input, row by row -----------------------------------------------------------


def test_unknown_names_are_listed_with_their_nearest():
    text = "pre,post,weight\nAVAl,AVBL,1\nQZZ9,AVAL,2\n"
    kept, report = read(text, names="worm")
    assert "QZZ9" in kept.neurons
    assert "1 names are no cells of the worm (kept): QZZ9" in str(report)
    dropped, _ = read(text, names="worm", unknown="drop")
    assert set(dropped.neurons) == {"AVAL", "AVBL"}
    mapped, report = read("pre,post\nAVAX,AVBL\n", names="worm", unknown="map")
    assert "AVAX" not in mapped.neurons
    assert "AVAX (near" in str(report)


def test_case_spaces_and_padding_are_normalised_and_told():
    found, report = read("pre,post,weight\n vb01,AVAl ,1\nVB1,AVAL,2\n", names="worm")
    assert edges(found) == {("VB1", "AVAL"): 3.0}
    assert "names were made canonical" in str(report)


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf", "many", "", "1e400", "0x5", "1_000"])
def test_a_weight_that_is_no_number_refuses_its_row(bad):
    found, report = read(f"pre,post,weight\na,b,1\nb,c,{bad}\n")
    assert edges(found) == {("a", "b"): 1.0}
    assert report.n_refused == 1
    assert "line 3" in report.refused[0]


def test_only_the_first_refused_rows_are_shown():
    text = "pre,post,weight\n" + "a,b,x\n" * 30 + "a,b,1\n"
    _, report = read(text)
    assert (report.n_refused, len(report.refused)) == (30, 10)


def test_negative_weights_are_kept_as_inhibition():
    found, report = read("pre,post,weight\na,b,-2\nb,a,1\n")
    assert edges(found)[("a", "b")] == -2.0
    assert "kept as inhibitory" in str(report)


def test_zero_weights_are_dropped_and_counted():
    found, report = read("pre,post,weight\na,b,0\nb,a,1\n")
    assert len(edges(found)) == 1
    assert "1 edges of weight zero were dropped" in str(report)


def test_duplicates_are_added_or_the_largest_taken_or_refused():
    text = "pre,post,weight\na,b,2\na,b,3\n"
    found, report = read(text)
    assert edges(found) == {("a", "b"): 5.0}
    assert "1 repeated chemical edges were added up" in str(report)
    assert edges(read(text, duplicates="max")[0]) == {("a", "b"): 3.0}
    with pytest.raises(InputError, match="listed more than once; sum them"):
        read(text, duplicates="refuse")


def test_self_loops_are_kept():
    found, report = read("pre,post\na,a\na,b\n")
    assert ("a", "a") in edges(found)
    assert "self-loops are kept" in str(report)


def test_an_asymmetric_gap_layer_is_told_and_settled():
    text = "pre,post,type,weight\na,b,electrical,4\nb,a,electrical,2\nb,c,electrical,1\n"
    found, report = read(text)
    assert edges(found)[("b", "a")] == edges(found)[("a", "b")] == 4.0
    assert edges(found)[("c", "b")] == 1.0
    assert "|A - A'| is up to 2" in str(report)
    assert edges(read(text, electrical="mean")[0])[("a", "b")] == 3.0
    assert edges(read(text, electrical="mean")[0])[("c", "b")] == 1.0
    with pytest.raises(InputError, match="not symmetric"):
        read(text, electrical="refuse")


def test_a_published_sheet_with_headers_blanks_and_totals():
    text = "\n".join(
        [
            ",,SENSORY NEURONS,,MOTOR NEURONS,,",
            ",,ASHL,ASHR,DA1,nan,Total",
            "SENSORY NEURONS,ASHL,,2,,,2",
            ",ASHR,1,,4,,5",
            ",nan,,,,,",
            ",Total,1,2,4,,7",
        ]
    )
    found, report = read(text, "sheet.csv")
    assert edges(found) == {("ASHL", "ASHR"): 2.0, ("ASHR", "ASHL"): 1.0, ("ASHR", "DA1"): 4.0}
    assert "nan" not in found.neurons
    assert "blank, class or total rows and columns were left out" in str(report)
    assert report.preview


def test_neurons_called_like_the_columns_of_an_edge_list_are_neurons():
    found, _ = read(",n1,n2,n3\nn1,0,5,0\nn2,1,0,0\nn3,0,2,0\n", "matrix.csv")
    assert edges(found) == {("n1", "n2"): 5.0, ("n2", "n1"): 1.0, ("n3", "n2"): 2.0}
    listed, _ = read("n1,n2,weight\na,b,3\n", "list.csv")
    assert edges(listed) == {("a", "b"): 3.0}


def test_rows_and_columns_of_other_names_are_refused():
    with pytest.raises(InputError, match="name different neurons"):
        read(",a,b\nc,1,2\nd,3,4\ne,5,6\n", kind="matrix")


def test_missing_columns_show_what_there_is():
    with pytest.raises(InputError, match="among: alpha, beta, gamma, delta") as caught:
        read("alpha,beta,gamma,delta\nx,y,q,w\nz,x,r,t\n", kind="edges")
    assert "x | y | q | w" in str(caught.value)
    found, _ = read("alpha,beta,gamma,d\nx,y,q,w\n", kind="edges", pre="beta", post="alpha")
    assert edges(found) == {("y", "x"): 1.0}


def test_empty_files_and_lone_neurons():
    with pytest.raises(InputError, match="is empty"):
        connectome_from_bytes("e.csv", b"")
    found, _ = read("pre,post,weight\na,a,1\n")
    assert found.n_neurons == 1
    with pytest.raises(InputError, match="holds no edge"):
        read("pre,post,weight\n")


def test_fractional_weights_are_accepted():
    assert edges(read("pre,post,weight\na,b,0.25\n")[0]) == {("a", "b"): 0.25}


IDS = ("720575940621039145", "720575940621039146", "720575940600000001")


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_ids_of_64_bits_keep_every_digit(kind, tmp_path):
    frame = pd.DataFrame(
        {
            "pre_root_id": np.array(IDS[:2], np.int64),
            "post_root_id": np.array(IDS[1:], np.int64),
            "neuropil": ["LOP_R", "ME_L"],
            "syn_count": [5, 9],
            "nt_type": ["ACH", "GABA"],
        }
    )
    path = tmp_path / f"connections.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.astype(str).to_excel(path, index=False)
    found, report = read_connectome(path)
    assert set(found.neurons) == set(IDS)
    assert edges(found)[(IDS[0], IDS[1])] == 5.0
    assert "'pre_root_id' sends to 'post_root_id'" in str(report)


def test_more_rows_than_allowed_are_refused_before_they_are_kept():
    with pytest.raises(InputError, match="more than 3 rows"):
        read("pre,post\n" + "a,b\n" * 9, n_rows_max=3)


@pytest.mark.parametrize("name", ["w.pkl", "w.pt", "w.csv"])
def test_pickles_are_refused_by_name_and_by_their_first_bytes(name):
    with pytest.raises(InputError, match="pickle"):
        connectome_from_bytes(name, pickle.dumps({"a": 1}))


def test_arrays_of_objects_are_refused():
    stream = io.BytesIO()
    np.savez(stream, pre=np.array([{}], object), allow_pickle=True)
    with pytest.raises(InputError, match="objects"):
        connectome_from_bytes("w.npz", stream.getvalue())


def test_an_archive_that_would_burst_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(InputError, match="would unpack to 60,000,000 bytes"):
        connectome_from_bytes("bomb.xlsx", stream.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "latin-1"])
def test_entities_in_xml_are_refused_in_every_encoding(encoding):
    named = encoding.removesuffix("-le")
    text = f'<?xml version="1.0" encoding="{named}"?><!DOCTYPE a [<!ENTITY x "y">]><graphml/>'
    with pytest.raises(InputError, match=r"entities|no XML"):
        connectome_from_bytes("g.graphml", text.encode(encoding))


@pytest.mark.parametrize("data", [b"", b"graphml", b"<!-- <!DOCTYPE a> -->", b"\xff\xfe<\0"])
def test_what_is_no_xml_is_said(data):
    with pytest.raises(InputError, match=r"empty|no XML|no GraphML"):
        connectome_from_bytes("g.graphml", data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"pre;post;weight\na;b;1,5\nb;a;2,5\n", "semicolons"),
        ("\ufeffpre,post,weight\na,b,1.5\n".encode(), "byte order mark"),
        ("pre,post,weight\na,b,1.5\n".encode("utf-16"), "UTF-16"),
        ("pre,post,weight\na\xe9,b,1.5\n".encode("cp1252"), "Windows-1252"),
        (b"pre\tpost\tweight\na\tb\t1.5\n", ""),
        (b"a b 1.5\nb a 2\n", "no header"),
    ],
)
def test_encodings_and_separators_are_found_and_told(data, said):
    found, report = connectome_from_bytes("e.csv", data)
    assert 1.5 in edges(found).values()
    assert said in str(report)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(InputError, match="not text"):
        connectome_from_bytes("e.csv", b"\x00\x01" * 50)


# Kinds of files and objects -------------------------------------------------------------------


def test_varshneys_own_table_is_read_as_the_catalogue_reads_it(tmp_path):
    table = pd.read_csv("assets/connectome/celegans/varshney2011_neuronconnect.csv")
    table.to_csv(tmp_path / "v.csv", index=False)
    found, report = read_connectome(tmp_path / "v.csv", ImportOptions(names="worm"))
    assert found.n_neurons == 279
    chemical = found.layer("chemical")
    assert (chemical.n_edges, chemical.weight.sum()) == (2_194, 6_394)
    assert found.layer("electrical").n_pairs == 514
    assert "2,658 rows list a synapse from its receiver" in str(report)
    assert "153 neuromuscular rows" in str(report)
    assert found.column("class")[found.index["AVAL"]] == "AVA"


def test_a_workbook_is_read(tmp_path):
    book = openpyxl.Workbook()
    for row in (["pre", "post", "weight"], ["a", "b", 3], ["b", "a", 1.5]):
        book.active.append(row)
    book.save(tmp_path / "w.xlsx")
    found, _ = read_connectome(tmp_path / "w.xlsx")
    assert edges(found) == {("a", "b"): 3.0, ("b", "a"): 1.5}


@pytest.mark.parametrize("kind", ["csv", "tsv", "npz", "graphml"])
def test_what_is_written_is_read_again(kind, tmp_path):
    worm = load("varshney2011")
    found, _ = read_connectome(write_connectome(worm, tmp_path / f"worm.{kind}"))
    assert found.n_neurons == 279
    for name in worm.layer_names:
        ours, theirs = worm.layer(name), found.layer(name)
        assert (ours.n_edges, ours.weight.sum()) == (theirs.n_edges, theirs.weight.sum())
    assert found.column("class")[found.index["AVAL"]] == "AVA"


def test_node_link_json_is_read():
    graph = nx.DiGraph()
    graph.add_edge("a", "b", weight=2.0)
    text = json.dumps(nx.node_link_data(graph, edges="links"))
    assert edges(connectome_from_bytes("g.json", text.encode())[0]) == {("a", "b"): 2.0}


def test_bare_matrices_and_arrays():
    assert edges(read("0,1,0\n0,0,2\n3,0,0\n")[0]) == {
        ("1", "2"): 1.0,
        ("2", "3"): 2.0,
        ("3", "1"): 3.0,
    }
    stream = io.BytesIO()
    np.save(stream, np.array([[0.0, 1.0], [0.0, 0.0]]))
    assert edges(connectome_from_bytes("a.npy", stream.getvalue())[0]) == {("1", "2"): 1.0}
    with pytest.raises(InputError, match="2 x 3 and has no labels"):
        read("0,1,0\n0,0,2\n", kind="matrix")


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.integers(0, 2**31))
def test_objects_keep_their_weights(n, seed):
    matrix = np.random.default_rng(seed).integers(0, 3, (n, n)).astype(float)
    for given_matrix in (matrix, sparse.csr_array(matrix), torch.tensor(matrix)):
        np.testing.assert_array_equal(
            from_matrix(given_matrix).layers[0].matrix(n).toarray(), matrix
        )
    graph = nx.from_numpy_array(matrix, create_using=nx.DiGraph)
    back = from_networkx(graph)
    if back.layers:
        np.testing.assert_array_equal(back.layers[0].matrix(n).toarray(), matrix)


def test_a_state_dict_becomes_groups_of_units():
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    found = from_state_dict(model.state_dict())
    assert found.n_neurons == 3 + 4 + 2
    assert found.layers[0].n_edges == 3 * 4 + 4 * 2
    rnn = from_state_dict({"weight_ih": torch.ones(4, 2), "weight_hh": torch.ones(4, 4)})
    assert (rnn.n_neurons, rnn.layers[0].n_edges) == (6, 8 + 16)
    with pytest.raises(InputError, match="two axes"):
        from_state_dict({"bias": torch.ones(3)})


def test_names_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="2 neurons and 1 names"):
        from_matrix(np.eye(2), ["a"])
    with pytest.raises(InputError, match="same name"):
        from_matrix(np.eye(2), ["a", "a"])
    with pytest.raises(InputError, match="nan or infinity"):
        from_matrix(np.array([[np.nan]]))


@pytest.mark.slow
def test_an_upload_is_read_by_a_limited_child():
    found, report = connectome_from_upload("e.csv", b"pre,post,weight\nAVAL,AVBL,2\n")
    assert edges(found) == {("AVAL", "AVBL"): 2.0}
    assert report.n_edges == 1
    with pytest.raises(InputError, match="pickle"):
        connectome_from_upload("e.pkl", b"\x80\x04.")


def test_canonical_names_stay_what_they_are():
    assert all(canonical(name) == name for name in load("cook2019").neurons)
