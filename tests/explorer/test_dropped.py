"""An exported file that is dropped on a page opens the run that made it, on every workbench."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from engines.boundary.stamps import stamped
from engines.contract import InputError
from engines.running import registry
from explorer.address import spec_from_query
from explorer.dropped import is_session, link_from_file
from explorer.page import address_from_arguments
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
