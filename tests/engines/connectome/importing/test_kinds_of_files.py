"""Files as people save them: each is read as its own tool means it, or refused with a sentence."""

from __future__ import annotations

import gzip
import io
import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import io as scipy_io
from scipy import sparse

from engines.connectome import ImportOptions, connectome_from_bytes
from engines.contract import InputError

RING = np.array([[0.0, 2, 0], [0, 0, 3], [1, 0, 0]])
LABELS = {0: "AVA", 1: "AVB"}


def read(name, data, **options):
    content = data.encode() if isinstance(data, str) else data
    return connectome_from_bytes(name, content, ImportOptions(**options))


def weights(found):
    layer = found.layers[0]
    return dict(
        zip(
            [
                (found.neurons[i], found.neurons[j])
                for i, j in zip(layer.pre, layer.post, strict=True)
            ],
            layer.weight.tolist(),
            strict=True,
        )
    )


def graph():
    made = nx.DiGraph()
    for node, name in LABELS.items():
        made.add_node(node, label=name)
    made.add_edge(0, 1, weight=2.0)
    return made


def test_an_undirected_row_of_gephi_runs_both_ways():
    # Gephi's edge table: Type is Directed or Undirected.
    text = "Source,Target,Type,Weight\nA,B,Undirected,2\nB,C,Directed,1\n"
    found, report = read("gephi.csv", text)
    assert weights(found) == {("A", "B"): 2.0, ("B", "A"): 2.0, ("B", "C"): 1.0}
    assert "both ways" in str(report)


@pytest.mark.parametrize("kind", [".graphml", ".gexf", ".net", "adjacency", "cytoscape", "links"])
def test_labels_of_graph_files_are_names(kind):
    stream = io.BytesIO()
    match kind:
        case ".graphml":
            nx.write_graphml(graph(), stream)
        case ".gexf":
            nx.write_gexf(graph(), stream)
        case ".net":
            nx.write_pajek(nx.MultiDiGraph(graph()), stream)
        case "adjacency":
            stream.write(json.dumps(nx.adjacency_data(graph())).encode())
        case "cytoscape":
            stream.write(json.dumps(nx.cytoscape_data(graph())).encode())
        case _:
            stream.write(json.dumps(nx.node_link_data(graph(), edges="links")).encode())
    found, report = read("graph" + (kind if kind[0] == "." else ".json"), stream.getvalue())
    assert weights(found) == {("AVA", "AVB"): 2.0}
    assert found.column("id") == ("0", "1")
    assert "labels" in str(report)


def test_gml_is_read_by_its_labels():
    text = """graph [ directed 1 node [ id 7 label "AVA" ] node [ id 9 label "AVB" ]
    edge [ source 7 target 9 weight 4 ] ]"""
    found, _ = read("worm.gml", text)
    assert weights(found) == {("AVA", "AVB"): 4.0}
    assert found.column("id") == ("7", "9")


def test_names_beside_a_matrix_are_taken():
    stream = io.BytesIO()
    np.savez(stream, matrix=RING, names=np.array(["A", "B", "C"]))
    found, _ = read("named.npz", stream.getvalue())
    assert weights(found) == {("A", "B"): 2.0, ("B", "C"): 3.0, ("C", "A"): 1.0}


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
def test_scipys_sparse_files_are_read(form):
    stream = io.BytesIO()
    sparse.save_npz(stream, sparse.csr_array(RING).asformat(form))
    assert weights(read("scipy.npz", stream.getvalue())[0])[("2", "3")] == 3.0


def test_matlab_files_of_both_kinds():
    stream = io.BytesIO()
    scipy_io.savemat(stream, {"W": RING, "names": np.array(["A", "B", "C"], object)})
    assert weights(read("v5.mat", stream.getvalue())[0])[("B", "C")] == 3.0
    h5py = pytest.importorskip("h5py")
    stream = io.BytesIO()
    with h5py.File(stream, "w", userblock_size=512) as file:
        file["W"] = RING.T  # MATLAB writes columns first
    data = bytearray(stream.getvalue())
    data[:10] = b"MATLAB 7.3"
    assert weights(read("v73.mat", bytes(data))[0])[("2", "3")] == 3.0


def test_feather_and_gzip():
    pytest.importorskip("pyarrow")
    stream = io.BytesIO()
    pd.DataFrame({"pre": ["A"], "post": ["B"], "weight": [2]}).to_feather(stream)
    assert weights(read("a.feather", stream.getvalue())[0]) == {("A", "B"): 2.0}
    packed = gzip.compress(b"pre,post,weight\nA,B,2\n")
    assert weights(read("a.csv.gz", packed)[0]) == {("A", "B"): 2.0}
    with pytest.raises(InputError, match="unpacks to more than"):
        read("bomb.csv.gz", gzip.compress(b"0" * 50_000_000))


def test_networkx_edge_lists_with_dictionaries():
    stream = io.BytesIO()
    nx.write_edgelist(nx.relabel_nodes(graph(), LABELS), stream)
    assert weights(read("a.edgelist", stream.getvalue())[0]) == {("AVA", "AVB"): 2.0}


@pytest.mark.parametrize("text", ["pre,post,weight\n", "pre,post,weight\nA,B,x\n"])
def test_a_file_without_an_edge_is_an_error(text):
    with pytest.raises(InputError, match="holds no edge"):
        read("empty.csv", text)


def test_a_square_of_three_columns_may_be_a_list_too():
    text = "0,1,1\n1,2,2\n2,0,3\n"
    found, report = read("three.csv", text)
    assert report.kind == "a matrix"
    assert "edges" in report.other[0]
    found, report = read("three.csv", text, kind="edges")
    assert weights(found) == {("0", "1"): 1.0, ("1", "2"): 2.0, ("2", "0"): 3.0}


def test_cells_of_a_matrix_that_are_no_numbers_are_named():
    with pytest.raises(InputError, match="row 2, column 2: 'blank'; row 2, column 3: 'nan'"):
        read("holes.csv", "0,1,2\n1,,nan\n2,1,0\n")


def test_who_has_a_column_and_no_row_only_receives():
    _, report = read("half.csv", ",A,B,C\nA,0,1,2\nB,1,0,2\n")
    assert "only receive: C" in str(report)


def test_comments_at_the_beginning_are_skipped():
    found, report = read("said.csv", "# made by hand\n# pre, post\npre,post,weight\nA,B,2\n")
    assert weights(found) == {("A", "B"): 2.0}
    assert "2 lines of comment" in str(report)


def test_thousands_are_offered():
    text = 'pre,post,weight\nA,B,"1,234"\nB,C,5\n'
    assert "set thousands to ','" in read("big.csv", text)[1].other[0]
    assert weights(read("big.csv", text, thousands=",")[0])[("A", "B")] == 1234.0


CODEX = (
    "pre_root_id,post_root_id,neuropil,syn_count,nt_type\n"
    "720575940000000001,720575940000000002,ME_R,5,GABA\n"
    "720575940000000001,720575940000000002,LO_R,3,GABA\n"
    "720575940000000002,720575940000000001,ME_R,4,ACH\n"
)


def test_codex_columns_are_transmitter_and_layer_or_filter():
    found, report = read("codex.csv", CODEX)
    assert found.column("transmitter") == ("GABA", "Acetylcholine")
    assert "neuropil" in report.other[0]
    assert sorted(weights(found).values()) == [4.0, 8.0]
    assert sorted(weights(read("codex.csv", CODEX, only="me_r")[0]).values()) == [4.0, 5.0]
    assert set(read("codex.csv", CODEX, layer="neuropil")[0].layer_names) == {"me_r", "lo_r"}
    with pytest.raises(InputError, match="there are: LO_R, ME_R"):
        read("codex.csv", CODEX, only="AL_L")
