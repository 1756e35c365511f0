"""What people do bring opens within the limits that are set to strangers' files.

The ordinary run opens one recording; ``EXPLORER_HOSTILE=1`` the largest files that the docs name.
"""

from __future__ import annotations

import gzip
import io
import os

import numpy as np
import pandas as pd
import pytest

from engines.connectome.importing.child import connectome_from_upload
from engines.geometry.importing.reading_apart import contents_read_apart

largest = pytest.mark.skipif(
    os.environ.get("EXPLORER_HOSTILE") != "1", reason="takes minutes; set EXPLORER_HOSTILE=1"
)
RNG = np.random.default_rng(0)


def recording(n_frames: int, n_neurons: int) -> np.ndarray:
    return RNG.standard_normal((n_frames, n_neurons)).astype(np.float32)


@pytest.mark.parametrize("kind", ["npy", pytest.param("csv", marks=largest)])
def test_three_hundred_neurons_of_ten_thousand_frames_open(kind, tmp_path):
    path, values = tmp_path / f"calcium.{kind}", recording(10_000, 300)
    if kind == "npy":
        np.save(path, values)
    else:
        pd.DataFrame(values).to_csv(path, index=False, header=[f"cell {k}" for k in range(300)])
    found = contents_read_apart(path).arrays["activations"]
    assert found.shape == (10_000, 300)
    np.testing.assert_array_equal(found.astype(np.float32), values)


@largest
@pytest.mark.timeout(120)
def test_an_upload_of_the_largest_size_opens(tmp_path):
    values = recording(30 * 2_000, 1_000).reshape(30, 2_000, 1_000)
    np.savez(tmp_path / "a.npz", x=values)
    np.testing.assert_array_equal(contents_read_apart(tmp_path / "a.npz").arrays["x"], values)


@largest
@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["csv.gz", "parquet", "feather"])
def test_a_table_as_long_as_codex_exports_it_opens(kind):
    n, ids = 2_670_000, 720_575_940_600_000_001 + 7 * RNG.permutation(139_000)
    ends = RNG.integers(0, len(ids), (2, n))
    table = pd.DataFrame(
        {
            "pre_root_id": ids[ends[0]], "post_root_id": ids[ends[1]],
            "neuropil": RNG.choice(np.array(["LOP_R", "ME_L", "GNG"]), n),
            "syn_count": RNG.integers(5, 60, n),
            "nt_type": RNG.choice(np.array(["ACH", "GABA", "GLUT"]), n),
        }
    )  # fmt: skip
    stream = io.BytesIO()
    if kind == "csv.gz":
        stream.write(gzip.compress(table.to_csv(index=False).encode(), 6))
    elif kind == "parquet":
        table.to_parquet(stream)
    else:
        table.to_feather(stream)
    found, report = connectome_from_upload(f"connections.{kind}", stream.getvalue())
    assert report.n_rows == n
    assert found.layers[0].weight.sum() == table["syn_count"].sum()


@largest
@pytest.mark.timeout(120)
def test_a_matrix_of_every_neuron_of_a_larva_opens():
    # Winding et al. 2023 list 2,952 neurons in the larva's central brain.
    n = 2_952
    weight = (RNG.random((n, n)) < 0.013) * RNG.integers(1, 30, (n, n))
    names = [f"cell {k}" for k in range(n)]
    text = pd.DataFrame(weight, index=names, columns=names).to_csv()
    found, _ = connectome_from_upload("larva.csv", text.encode())
    assert found.layers[0].weight.sum() == weight.sum()
