"""What made a file is written into it and read back; other readers still read the file."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from html.parser import HTMLParser

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engines.boundary.stamps import stamp_of, stamped, without_stamp
from engines.contract import InputError, Spec, SpecError, knob


class WalkSpec(Spec):
    n_steps: int = knob(60, label="Steps", help="How long.", ge=1)
    folder: str = knob("", label="Folder", help="Where.", local=True)


STAMP = {"experiment": "sorting/run", "spec": '{"name":"<a href=\'é\'>&amp;</metadata>"}', "n": 1}


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 3), (1, 2, 3)).save(stream, "PNG")
    return stream.getvalue()


def npz() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, a=np.arange(5), b=np.array("x"))
    return stream.getvalue()


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("1.csv", "a,b\n1,2\n")
        archive.writestr("1.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>")
    return stream.getvalue()


def gif() -> bytes:
    stream = io.BytesIO()
    pictures = [Image.new("P", (4, 3), k) for k in (0, 1)]
    for picture in pictures:
        picture.putpalette(list(range(256)) * 3)
    pictures[0].save(stream, "GIF", save_all=True, append_images=pictures[1:], loop=0)
    return stream.getvalue()


def graphml() -> bytes:
    stream = io.BytesIO()
    nx.write_graphml_xml(nx.path_graph(3, create_using=nx.DiGraph), stream)
    return stream.getvalue()


FILES = {
    "figure.svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><g/></svg>',
    "figure.png": png(),
    "table.csv": b"a,b\n1,2\n",
    "arrays.npz": npz(),
    "tables.zip": zipped(),
    "film.gif": gif(),
    "graph.graphml": graphml(),
    "spec.json": WalkSpec(n_steps=7).to_json().encode(),
    "empty.json": b" {\n}\n",
    "picture.tex": b"% Needs tikz.\n\\begin{tikzpicture}\n\\end{tikzpicture}\n",
    "page.html": b'<!doctype html><html lang="en"><meta charset="utf-8"><title>a</title><p>b',
    "module.py": b"from __future__ import annotations\n\nx = 1\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_stamp_is_read_back_and_equal_files_stay_equal(name):
    made = stamped(name, FILES[name], STAMP)
    assert stamp_of(made) == STAMP
    assert stamped(name, FILES[name], STAMP) == made
    with pytest.raises(InputError, match="does not say which run made it"):
        stamp_of(FILES[name])


def test_other_readers_read_the_files_as_before():
    made = {name: stamped(name, content, STAMP) for name, content in FILES.items()}
    root = ElementTree.fromstring(made["figure.svg"].decode())
    assert [child.tag.rpartition("}")[2] for child in root] == ["metadata", "g"]
    picture = Image.open(io.BytesIO(made["figure.png"]))
    assert (picture.size, picture.getpixel((0, 0))) == ((4, 3), (1, 2, 3))
    assert "sorting/run" in picture.info["neural-explorer"]
    table = pd.read_csv(io.BytesIO(made["table.csv"]), skiprows=1)
    assert table.to_dict("list") == {"a": [1], "b": [2]}
    with np.load(io.BytesIO(made["arrays.npz"]), allow_pickle=False) as arrays:
        assert set(arrays) == {"a", "b", "provenance"}
        assert np.array_equal(arrays["a"], np.arange(5))
    with zipfile.ZipFile(io.BytesIO(made["tables.zip"])) as archive:
        assert all(stamp_of(archive.read(name)) == STAMP for name in ("1.csv", "1.svg"))


def test_pages_graphs_films_and_code_are_read_as_before():
    made = {name: stamped(name, content, STAMP) for name, content in FILES.items()}
    with Image.open(io.BytesIO(made["film.gif"])) as film, Image.open(io.BytesIO(gif())) as plain:
        n_frames = getattr(film, "n_frames", 1)
        assert (n_frames, film.size, film.info["loop"]) == (2, (4, 3), 0)
        assert b"sorting/run" in film.info["comment"]
        assert film.convert("RGB").getpixel((0, 0)) == plain.convert("RGB").getpixel((0, 0))
    graph = nx.read_graphml(io.BytesIO(made["graph.graphml"]))
    assert nx.utils.edges_equal(graph.edges, [("0", "1"), ("1", "2")], directed=True)
    desc = ElementTree.fromstring(made["graph.graphml"].decode())[0]
    assert json.loads((desc.text or "").partition(": ")[2]) == STAMP
    metas = []
    page = HTMLParser()
    page.handle_starttag = lambda tag, attrs: metas.append((tag, dict(attrs)))  # type: ignore[method-assign]
    page.feed(made["page.html"].decode())
    assert [tag for tag, _ in metas] == ["html", "meta", "meta", "title", "p"]
    assert metas[1][1] == {"charset": "utf-8"}
    assert json.loads(metas[2][1]["content"]) == STAMP
    assert made["picture.tex"].splitlines()[0].startswith(b"% neural-explorer: {")
    compile(made["module.py"], "module.py", "exec")


def test_a_saved_spec_is_read_as_a_spec_wherever_its_stamp_stands():
    made = stamped("spec.json", FILES["spec.json"], STAMP)
    assert json.loads(made)["neural-explorer"] == STAMP
    assert WalkSpec.from_json(made) == WalkSpec.from_json(made.decode()) == WalkSpec(n_steps=7)
    assert WalkSpec.from_json(json.dumps(json.loads(made), indent=2)) == WalkSpec(n_steps=7)
    assert stamp_of(json.dumps(json.loads(made), indent=2).encode()) == STAMP
    assert WalkSpec.from_json(stamped("x.json", b"{}", STAMP)) == WalkSpec()
    with pytest.raises(SpecError, match="Steps"):
        WalkSpec.from_json(stamped("x.json", b'{"n_steps": 0}', STAMP))


@pytest.mark.parametrize(
    "place", ["/home/ann/acts.npy", "C:\\Users\\ann\\acts.npy", "acts.npy", ""]
)
def test_of_a_path_of_this_machine_files_carry_the_last_part(place):
    assert WalkSpec(folder=place).portable().folder == place[-8:]


@given(st.binary(max_size=300), st.sampled_from([n.rpartition(".")[2] for n in FILES]))
def test_what_is_no_file_of_ours_is_refused_with_a_sentence(noise, kind):
    made = stamped(f"x.{kind}", FILES[next(n for n in FILES if n.endswith(kind))], STAMP)
    for content in (noise, made[:40] + noise):
        with contextlib.suppress(InputError):
            assert isinstance(stamp_of(content), dict)


def test_a_table_saved_here_is_read_here_as_values_alone():
    assert without_stamp(stamped("table.csv", b"a,b\n1,2\n", STAMP)) == b"a,b\n1,2\n"
    assert without_stamp(b"a\n1\n") == b"a\n1\n"


def test_a_large_member_is_not_unpacked():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("provenance.json", b" " * 2**25)
    with pytest.raises(InputError, match="does not say"):
        stamp_of(stream.getvalue())


def test_kinds_that_cannot_carry_it_stay_as_they_are():
    for name, content in (("a.gif", b"GIF89a"), ("a.svg", b"<html>"), ("a.png", b"no"), ("a", b"")):
        assert stamped(name, content, STAMP) == content
