"""Files too long to be held at once: the same connectome as read whole, in bounded memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from engines.connectome.importing import (
    ImportOptions,
    Reading,
    chunks,
    connectome_from_bytes,
    read_connectome,
    reading,
)
from engines.connectome.importing import read as read_module
from engines.connectome.wiring.synthetic import block_model
from engines.contract import InputError

FIRST_ID = 720_575_940_600_000_001
"""A FlyWire root id; ids differ in their last digits, which a float would lose."""


def codex(path, n_rows: int, n_neurons: int, seed: int = 0) -> pd.DataFrame:
    """A file like Codex's connections, one row per pair and neuropil, ids of 64 bits."""
    rng = np.random.default_rng(seed)
    ids = FIRST_ID + np.arange(n_neurons)
    table = pd.DataFrame(
        {
            "pre_root_id": ids[rng.integers(0, n_neurons, n_rows)],
            "post_root_id": ids[rng.integers(0, n_neurons, n_rows)],
            "neuropil": rng.choice(np.array(["LOP_R", "ME_L", "GNG"]), n_rows),
            "syn_count": rng.integers(5, 60, n_rows),
            "nt_type": rng.choice(np.array(["ACH", "GABA", "GLUT"]), n_rows),
        }
    )
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return table


def edges(found):
    layer, names = found.layers[0], np.array(found.neurons)
    ends = names[layer.pre], names[layer.post]
    return dict(zip(zip(*ends, strict=True), layer.weight.tolist(), strict=True))


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 700)
    monkeypatch.setattr(chunks, "HELD_MAX", 1_000)


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet"])
@pytest.mark.parametrize("duplicates", ["sum", "max"])
def test_chunks_give_the_connectome_that_pandas_groups(kind, duplicates, tmp_path, small_chunks):
    path = tmp_path / f"connections.{kind}"
    table = codex(path, 4_000, 60)
    # More rows than may be held: a lowered limit stands for 50 million.
    options = ImportOptions(n_rows_max=1_000, duplicates=duplicates)
    found, report = read_connectome(path, options)
    groups = table.groupby(["pre_root_id", "post_root_id"])["syn_count"].agg(duplicates)
    assert edges(found) == {(str(a), str(b)): float(w) for (a, b), w in groups.items()}
    assert report.n_rows == 4_000
    assert "read in chunks" in str(report)
    assert f"{4_000 - len(groups):,} repeated edges were" in str(report)


def test_a_long_file_says_how_far_it_is_and_may_be_left(tmp_path, small_chunks):
    path = tmp_path / "connections.csv"
    codex(path, 4_000, 60)
    steps = reading(path, ImportOptions(n_rows_max=1_000))
    first, second = next(steps), next(steps)
    assert isinstance(first, Reading)
    assert isinstance(second, Reading)
    assert (first.n_rows, second.n_rows) == (700, 1_400)
    assert 0.1 < first.fraction < second.fraction < 0.5
    assert first.n_expected == pytest.approx(4_000, rel=0.05)
    steps.close()


def test_what_is_wrong_in_any_chunk_is_told_with_its_line(tmp_path, small_chunks):
    lines = ["pre,post,weight", *(f"a{k % 9},b{k % 7},{k % 5}" for k in range(3_000))]
    lines[1_500] = "a,b,many"
    lines[2_500] = ",b,3"
    path = tmp_path / "e.csv"
    path.write_text("\n".join(lines))
    _, report = read_connectome(path, ImportOptions(n_rows_max=1_000))
    assert report.n_refused == 2
    assert report.refused[0] == "line 1,501: weight 'many' is no number"
    assert report.refused[1] == "line 2,501: an end has no name"
    assert "600 edges of weight zero were dropped" in str(report)
    with pytest.raises(InputError, match="listed more than once; sum them"):
        read_connectome(path, ImportOptions(n_rows_max=1_000, duplicates="refuse"))


def test_gap_junctions_across_chunks_are_settled_once(tmp_path, small_chunks):
    one_way = [f"n{k},n{k + 1},electrical,{k % 3 + 2}" for k in range(1_200)]
    back = [f"n{k + 1},n{k},electrical,1" for k in range(1_200)]
    path = tmp_path / "gap.csv"
    path.write_text("\n".join(["pre,post,type,weight", *one_way, *back]))
    layer = read_connectome(path, ImportOptions(n_rows_max=1_000))[0].layer("electrical")
    assert layer.symmetric
    assert layer.n_pairs == 1_200
    assert layer.weight.sum() == 2 * sum(k % 3 + 2 for k in range(1_200))


def test_other_encodings_and_marks_are_found_in_long_files_too(tmp_path, small_chunks):
    path = tmp_path / "e.csv"
    path.write_bytes(b"pre;post;weight\n" + "\xe9;b;1,5\n".encode("cp1252") * 2_000)
    found, _ = read_connectome(path, ImportOptions(n_rows_max=1_000))
    assert edges(found) == {("\xe9", "b"): 3_000.0}


def test_a_file_of_flywires_ids_is_read_in_bounded_memory(tmp_path, monkeypatch):
    path = tmp_path / "connections.csv"
    table = codex(path, 30_000, 3_000)
    monkeypatch.setattr(read_module, "CHUNKED_BYTES", 1_000_000)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 3_000)
    tracemalloc.start()
    found, report = read_connectome(path)
    peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert found.n_neurons == len({*table["pre_root_id"], *table["post_root_id"]})
    assert found.layers[0].weight.sum() == table["syn_count"].sum()
    assert min(map(int, found.neurons)) >= FIRST_ID
    assert max(map(int, found.neurons)) < FIRST_ID + 3_000
    # Read whole, its 150,000 cells alone take over 60 bytes each: 9 MB.
    assert peak_mb < 9
    assert report.n_rows == 30_000


@pytest.mark.parametrize("negative", ["keep", "absolute", "drop", "refuse"])
def test_every_policy_for_negative_weights_and_what_it_says(negative, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("pre,post,weight\na,b,-2\nb,a,1\n")
    options = ImportOptions(negative=negative)
    if negative == "refuse":
        with pytest.raises(InputError, match="1 chemical weights are negative; keep them as"):
            read_connectome(path, options)
        return
    found, report = read_connectome(path, options)
    expected = {"keep": -2.0, "absolute": 2.0, "drop": None}[negative]
    assert edges(found).get(("a", "b")) == expected
    said = {"keep": "kept as inhibitory", "absolute": "size was taken", "drop": "were dropped"}
    assert said[negative] in str(report)


def test_self_loops_may_be_dropped(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("pre,post\na,a\na,b\n")
    found, report = read_connectome(path, ImportOptions(self_loops="drop"))
    assert set(edges(found)) == {("a", "b")}
    assert "1 self-loops were dropped" in str(report)


def test_a_generated_wiring_survives_the_way_through_a_file(tmp_path):
    layer = block_model(300, 2_000, 4, 0.7, 3).layers[0]
    frame = pd.DataFrame({"pre": layer.pre, "post": layer.post, "weight": layer.weight})
    frame.to_csv(tmp_path / "e.csv", index=False)
    found, _ = read_connectome(tmp_path / "e.csv", ImportOptions(n_rows_max=100))
    ends = zip(layer.pre.tolist(), layer.post.tolist(), strict=True)
    exact = {(str(a), str(b)): w for (a, b), w in zip(ends, layer.weight.tolist(), strict=True)}
    assert edges(found) == exact


def test_a_matrix_knows_the_same_policies(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("5,-2\n1,0\n")
    found, report = read_connectome(path, ImportOptions(self_loops="drop", negative="absolute"))
    assert edges(found) == {("1", "2"): 2.0, ("2", "1"): 1.0}
    assert "1 self-loops were dropped" in str(report)
    assert "1 chemical weights are negative; their size was taken" in str(report)


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "feather"])
def test_a_long_upload_is_read_in_chunks_as_a_file_on_disk_is(kind, tmp_path, monkeypatch):
    table = codex(tmp_path / "connections.csv", 4_000, 60)
    path = tmp_path / f"connections.{kind}"
    if kind == "feather":
        table.to_feather(path)
    elif kind == "parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False)
    whole, _ = connectome_from_bytes(path.name, path.read_bytes())
    monkeypatch.setattr(read_module, "CHUNKED_BYTES", 10_000)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 700)
    found, report = connectome_from_bytes(path.name, path.read_bytes())
    assert "read in chunks" in str(report)
    assert edges(found) == edges(whole)
    assert found.columns == whole.columns
    assert report.n_rows == 4_000
