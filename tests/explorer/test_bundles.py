"""Bundles: one run with all that was made of it, made again to the same bytes, and opened safely."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import explorer
from engines.boundary.brought import inbox
from engines.boundary.bundles import bundle_from_files, files_from_bundle, is_bundle
from engines.boundary.stamps import stamp_of
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.wiring import kept
from engines.connectome.wiring.connectome import Connectome, Provenance, layer_from_edges
from engines.contract import InputError
from engines.geometry.own_data.files import FilesSpec, keep_upload
from engines.running import registry
from engines.sorting.model import SortSpec
from explorer.bundles import bundle, session_from_bundle
from explorer.dropped import link_from_dropped, link_from_file
from explorer.remake import remake
from explorer.sessions import session_from_specs, session_to_bytes, specs_from_session


@pytest.fixture(autouse=True)
def own_data(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def own_activations() -> FilesSpec:
    rows = np.arange(24.0).reshape(6, 4) ** 2 % 11
    text = "stimulus,a,b,c,d\n" + "\n".join(
        f"s{k}," + ",".join(map(str, row)) for k, row in enumerate(rows)
    )
    return FilesSpec(upload=keep_upload("mine.csv", text.encode()), title="mine.csv")


def own_wiring() -> StimulusSpec:
    layer = layer_from_edges(
        "chemical", np.array([0, 1, 2, 0]), np.array([1, 2, 0, 2]), np.array([3.0, 1.5, 2.0, 1.0])
    )
    mine = Connectome("mine", ("a", "b", "c"), (layer,), Provenance("Mine", "by hand"))
    return StimulusSpec(own=kept.keep(mine), targets="a", model="linear", duration_ms=40.0)


SPECS = {
    "sorting": lambda: SortSpec(n_cells=12, seed=3),
    "a diagram": registry.experiment("diagrams/write").default,
    "own activations": own_activations,
    "own wiring": own_wiring,
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_bundle_is_made_again_to_the_same_bytes(spec, tmp_path, monkeypatch):
    made = spec()
    path = bundle(tmp_path / "a.zip", made)
    assert bundle(tmp_path / "b.zip", made).read_bytes() == path.read_bytes()
    # On another machine there is nothing but the bundle.
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "elsewhere"))
    said = io.StringIO()
    assert remake(str(path), str(tmp_path / "again"), said) == 0, said.getvalue()
    files = files_from_bundle(path.read_bytes())
    folder = next(name for name in files if name.endswith("spec.json")).partition("/")[0]
    for name, content in files.items():
        if name.startswith(folder):
            assert (tmp_path / "again" / name).read_bytes() == content, name
    kinds = {name.rpartition(".")[2] for name in files if name.startswith(folder)}
    assert {"npz", "csv", "json"} <= kinds
    assert "svg" in kinds or not any(
        type(p).__name__ != "Table"
        for p in registry.experiment(name_of(made)).result(made).pictures()
    )


def name_of(spec) -> str:
    return registry.name_of(type(spec))


def test_it_says_versions_device_and_hashes_and_every_figure_leads_back(tmp_path):
    spec = SortSpec(n_cells=12, seed=3)
    data = explorer.bundle(tmp_path / "a.zip", spec).read_bytes()
    files = files_from_bundle(data)
    about = json.loads(files["about.json"])
    assert about["runs"][0]["experiment"] == "sorting/run"
    assert about["device"]
    assert {"python", "numpy"} <= set(about["libraries"])
    for name, content in files.items():
        if name.endswith((".svg", ".csv")):
            assert stamp_of(content)["spec"] == spec.to_json()
            assert link_from_file(content).startswith("./sorting?x=run")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {about.date_time for about in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == ["manifest.json", *sorted(files)]
    with np.load(io.BytesIO(files["1-sorting-run/result.npz"])) as numbers:
        result = registry.experiment("sorting/run").result(spec)
        np.testing.assert_array_equal(numbers["activation"], vars(result)["activation"])


def test_the_script_in_the_bundle_runs_from_where_it_was_unpacked(tmp_path):
    path = bundle(tmp_path / "a.zip", SPECS["a diagram"]())
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    script = tmp_path / "unpacked" / "run.py"
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "same bytes: 1-diagrams-write/figures/diagram.svg" in ended.stdout
    spec = tmp_path / "unpacked" / "1-diagrams-write" / "spec.json"
    spec.write_text(spec.read_text() + " ")
    said = io.StringIO()
    assert remake(str(script), "", said) == 1
    assert "was changed or damaged" in said.getvalue()


def test_opening_one_brings_session_and_data_and_nothing_else(tmp_path, monkeypatch):
    made = own_activations()
    files = files_from_bundle(bundle(tmp_path / "a.zip", made).read_bytes())
    content = files[f"data/uploads/{made.upload}"]
    strange = {"data/uploads/" + "0" * 24 + ".csv": b"x", "data/sessions/x.json": b"{}"}
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("EXPLORER_DATA", str(elsewhere))
    session, notes = session_from_bundle(bundle_from_files({**files, **strange}))
    assert specs_from_session(session)[0] == {"geometry/files": made}
    assert notes == ()
    assert (inbox() / made.upload).read_bytes() == content
    assert [p.name for p in elsewhere.rglob("*") if p.is_file()] == [made.upload]


@pytest.mark.parametrize("kind", ["uploads", "connectomes"])
def test_data_that_is_not_what_the_settings_name_is_not_kept(kind, tmp_path, monkeypatch):
    first, second = (own_activations(), own_wiring())[:: 1 if kind == "uploads" else -1]
    path = bundle(tmp_path / "a.zip", first)
    other = bundle(tmp_path / "b.zip", second)
    files, foreign = (files_from_bundle(p.read_bytes()) for p in (path, other))
    mine = next(name for name in files if name.startswith(f"data/{kind}"))
    theirs = next(name for name in foreign if name.startswith("data/"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "elsewhere"))
    _, notes = session_from_bundle(bundle_from_files({**files, mine: foreign[theirs]}))
    assert len(notes) == 1
    assert not [p for p in (tmp_path / "elsewhere").rglob("*") if p.is_file()]


def test_one_without_a_session_is_a_sentence():
    with pytest.raises(InputError, match="holds no session"):
        session_from_bundle(bundle_from_files({"a.txt": b""}))
    spoilt = bundle_from_files({"session.json": b"[]"})
    assert is_bundle(spoilt)
    with pytest.raises(InputError, match="not a session file"):
        session_from_bundle(spoilt)


async def test_dropped_on_the_front_page_it_becomes_what_the_browser_has_open():
    from explorer.desks import Desks

    spec = SortSpec(n_cells=12, seed=3)
    session = session_from_specs("sorting", {"sorting/run": spec})
    data = bundle_from_files({"session.json": session_to_bytes(session)})
    desks = Desks("a" * 32)
    assert await link_from_dropped(data, desks) == "./sorting?x=run&resume=1"
    assert desks.load() == session
    with pytest.raises(InputError, match="keeps no sessions"):
        await link_from_dropped(data, None)
