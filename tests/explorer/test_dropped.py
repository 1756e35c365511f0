"""An exported file that is dropped on a page opens the run that made it, on every workbench."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from engines.boundary.stamps import stamped
from engines.contract import InputError
from engines.running import registry
from explorer.address import spec_from_query
from explorer.asked import address_from_arguments
from explorer.dropped import is_session, link_from_file
from views.kit.provenance import provenance

ALL = [name for bench in registry.workbenches() for name in registry.listed(bench)]


@pytest.fixture(autouse=True)
def own_data(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


@pytest.mark.parametrize("name", ALL)
def test_every_preset_of_every_experiment_is_found_again(name):
    base = registry.experiment(name).default()
    for spec in registry.experiment(name).presets.values():
        stamp = provenance(name, spec, "cpu")
        assert json.loads(json.dumps(stamp)) == stamp
        href = link_from_file(stamped("x.csv", b"a\n", stamp))
        path, _, query = href.partition("?")
        assert path == f"./{name.partition('/')[0]}"
        asked = {k: [v.encode() for v in vs] for k, vs in parse_qs(query, True).items()}
        address = address_from_arguments(asked)
        assert address.leaf == name.partition("/")[2]
        if not address.session:
            assert spec_from_query(address.query, base) == (spec, [])


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("run.json", registry.experiment("sorting/run").default().to_json().encode()),
        ("wiring.graphml", b"<graphml xmlns='http://graphml.graphdrawing.org/xmlns'></graphml>"),
        ("diagram.tex", b"% A picture.\n"),
        ("diagram.html", b'<!doctype html><meta charset="utf-8"><p>'),
        ("run.gif", b"GIF89a" + bytes(7) + b";"),
        ("module.py", b"x = 1\n"),
    ],
)
def test_every_kind_of_file_opens_its_run(filename, content):
    spec = registry.experiment("sorting/run").default().replace(seed=41)
    made = stamped(filename, content, provenance("sorting/run", spec, "cpu"))
    assert link_from_file(made) == link_from_file(
        stamped("a.csv", b"", provenance("sorting/run", spec, "cpu"))
    )
    assert "seed=41" in link_from_file(made)
    assert not is_session(made)


def test_no_folder_and_no_name_of_a_user_leaves_this_machine():
    own = Path.home().name, getpass.getuser(), str(Path.cwd()), str(Path.home())
    for name in ALL:
        said = json.dumps(provenance(name, registry.experiment(name).default(), "cpu"))
        assert not [each for each in own if len(each) > 4 and each in said], name
    spec = registry.experiment("geometry/files").default().replace(path="/home/ann/lab/acts.npy")
    assert "ann" not in json.dumps(provenance("geometry/files", spec))
    assert "acts.npy" in json.dumps(provenance("geometry/files", spec))


def test_the_stamp_says_version_device_and_libraries():
    stamp = provenance("sorting/run", registry.experiment("sorting/run").default(), "cuda:0")
    assert stamp["device"] == "cuda:0"
    assert len(stamp["revision"]) == 16
    assert {"python", "numpy", "torch"} <= set(stamp["libraries"])
    assert stamp["seed"].isdigit()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"experiment": "os/system"}, "no experiment named"),
        ({"experiment": ["sorting/run"]}, "no experiment named"),
        ({"spec": '{"n_cells":-5}'}, "does not fit"),
        ({"spec": "[" * 500}, "does not fit"),
    ],
)
def test_a_stamp_of_something_else_is_a_sentence(change, said):
    good = provenance("sorting/run", registry.experiment("sorting/run").default())
    with pytest.raises(InputError, match=said):
        link_from_file(stamped("x.csv", b"", {**good, **change}))
    assert is_session(b' {"sha256"')
    assert not is_session(b"# neural-explorer: {}")
