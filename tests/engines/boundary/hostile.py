"""Hostile files, made when they are asked for: none is stored.

`CORPUS` lists them by the place that they are brought to. A body is made by a function without
arguments, so that a test pays only for those it tries.
"""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

MIB = 1024**2


@dataclass(frozen=True)
class Hostile:
    """One file, the place it is brought to, and what must be said of it."""

    place: str
    name: str
    body: Callable[[], bytes]
    said: str = ""
    """A pattern; nothing where any reason will do."""

    @property
    def id(self) -> str:
        """For pytest."""
        return f"{self.place}-{ascii(self.name)[1:-1][:60]}"


# --- archives -----------------------------------------------------------------------------------


@cache
def zeros_deflated(n_mib: int, first: bytes = b"") -> tuple[bytes, int]:
    """A deflate stream of ``first`` and as many MiB of zeros, made in milliseconds."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + piece * n_mib + b"\x03\x00", len(first) + n_mib * MIB


def zipped(*members: tuple[str, bytes, int]) -> bytes:
    """A ZIP of streams that are deflated already; sizes are what it says."""
    body, directory = b"", b""
    for name, stream, size in members:
        same = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(stream), size, len(name), 0)
        directory += (
            b"PK\x01\x02\x14\0" + same + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
            + name.encode()
        )  # fmt: skip
        body += b"PK\x03\x04" + same + name.encode() + stream
    n = len(members)
    end = struct.pack("<HHHHIIH", 0, 0, n, n, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def whole_zip(members: dict[str, bytes]) -> bytes:
    """An ordinary ZIP."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def npy_head(shape: tuple[int, ...], descr: str = "|u1") -> bytes:
    """The beginning of a NPY file that claims a shape."""
    stream = io.BytesIO()
    head = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, head)
    return stream.getvalue()


def array_file(array: np.ndarray) -> bytes:
    """An ordinary NPY file."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def many_numbers() -> bytes:
    """Fifty million and one zeros, in kilobytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, x=np.zeros(50_000_001, bool))
    return stream.getvalue()


def picture(width: int) -> bytes:
    """A PNG that claims a width and ends after its head."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + check


def npz_bomb(n_mib: int, stated: int | None = None) -> bytes:
    """A small NPZ of as many MiB."""
    stream, size = zeros_deflated(n_mib, npy_head((n_mib, MIB)))
    return zipped(("a.npy", stream, size if stated is None else stated))


def objects(save: Callable[..., None], *where: str) -> bytes:
    """Numpy's file of an array of Python objects."""
    stream, array = io.BytesIO(), np.array([{"x": 1}], object)
    save(stream, **dict.fromkeys(where, array)) if where else save(stream, array, True)
    return stream.getvalue()


# --- workbooks ----------------------------------------------------------------------------------

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>'
    "{}</sheetData></worksheet>"
)


def workbook(sheet: str, dimension: str = "") -> bytes:
    """A workbook whose only sheet has this data."""
    import openpyxl

    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = _SHEET.format(said, sheet).encode()
    return whole_zip(members)


def _cell(place: str, row: int) -> str:
    return f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'


def _word(place: str) -> str:
    return f'<row r="1"><c r="{place}" t="str"><v>x</v></c></row>'


def workbook_with(name: str, n_mib: int) -> bytes:
    """A workbook one of whose parts unpacks to as many MiB."""
    stream, size = zeros_deflated(n_mib)
    return zipped((name, stream, size))


# --- XML, JSON, GML -----------------------------------------------------------------------------


def laughs(encoding: str = "utf-8") -> bytes:
    """A billion laughs as GraphML."""
    entities = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 10))
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE g [<!ENTITY l0 "ha">{entities}]>'
        '<graphml><graph edgedefault="directed"><node id="&l9;"/></graph></graphml>'
    )
    return text.encode(encoding)


def external() -> bytes:
    """An entity that names a file of the machine."""
    return (
        b'<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/passwd">]><graphml><graph>'
        b'<node id="&x;"/></graph></graphml>'
    )


def safetensors(header: Any, size: int | None = None, tail: bytes = bytes(64)) -> bytes:
    """Bytes with this header, which claims to be as long as said."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + tail


def tensor(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    """A header of one array."""
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}}


def hdf5(shape: tuple[int, ...], chunks: Any = True, **more: Any) -> bytes:
    """A file that claims an array and holds none of it."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.create_dataset("x", shape, "f8", chunks=chunks, **more)
    return stream.getvalue()


def matlab(rows: int) -> bytes:
    """A MATLAB file whose matrix claims as many rows."""
    from scipy.io import savemat

    stream = io.BytesIO()
    savemat(stream, {"A": np.ones((7, 5))})
    return stream.getvalue().replace(struct.pack("<ii", 7, 5), struct.pack("<ii", rows, rows))


def feather() -> bytes:
    """A Feather file whose packed column claims a terabyte."""
    import pyarrow as pa
    from pyarrow import feather as writer

    stream = io.BytesIO()
    n = 4_321
    table = pa.table({"pre": np.zeros(n, np.int64), "post": np.zeros(n, np.int64)})
    writer.write_feather(table, stream, compression="lz4")
    return stream.getvalue().replace(struct.pack("<q", 8 * n), struct.pack("<q", 2**40))


def zarr(change: dict[str, Any]) -> bytes:
    """A zipped store of zarr 2 whose description is changed."""
    described = {
        "zarr_format": 2, "shape": [4, 4], "chunks": [4, 4], "dtype": "<f8", "compressor": None,
        "fill_value": 0, "order": "C", "filters": None,
    }  # fmt: skip
    group = json.dumps({"zarr_format": 2}).encode()
    body = json.dumps({**described, **change}).encode()
    return whole_zip({".zgroup": group, "h/.zarray": body})


def hdf5_outside() -> bytes:
    """An HDF5 file with nothing but a link into the user's own files, and a view of one."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file["traces"] = h5py.ExternalLink("/etc/passwd", "/data")
        layout = h5py.VirtualLayout((4, 4), "<f8")
        layout[:] = h5py.VirtualSource("/etc/passwd", "data", (4, 4))
        file.create_virtual_dataset("view", layout)
    return stream.getvalue()


def parquet_lists() -> bytes:
    """Two rows whose lists claim seventy million numbers, in kilobytes."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    ends, flat = arrow.array([0, 35_000_000, 70_000_000], arrow.int32()), np.zeros(70_000_000, "i1")
    stream = io.BytesIO()
    column = arrow.ListArray.from_arrays(ends, arrow.array(flat))
    parquet.write_table(arrow.table({"calcium_data": column}), stream)
    return stream.getvalue()


def png_chunk(size: int) -> bytes:
    """A PNG whose text claims a size."""
    return b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + bytes(4) + struct.pack(">I", size) + b"tEXt"


def noise(n: int = 400) -> bytes:
    """The same bytes each time."""
    return np.random.default_rng(5).integers(0, 256, n, np.uint8).tobytes()


_MAGIC = {
    ".xlsx": b"PK\x03\x04", ".npz": b"PK\x03\x04", ".zip": b"PK\x03\x04", ".npy": b"\x93NUMPY\x01\0",
    ".parquet": b"PAR1", ".feather": b"ARROW1\0\0", ".gz": b"\x1f\x8b\x08\0", ".json": b"[",
    ".mat": b"MATLAB 5.0 MAT-file" + bytes(105) + b"\0\x01IM", ".graphml": b"<graphml>",
    ".gexf": b"<gexf>", ".h5": b"\x89HDF\r\n\x1a\n", ".hdf5": b"\x89HDF\r\n\x1a\n",
    ".png": b"\x89PNG\r\n\x1a\n", ".gml": b"graph [", ".net": b"*Vertices 9\n", ".nwb": b"\x89HDF\r\n\x1a\n",
}  # fmt: skip
WIRING = (
    ".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".graphml", ".npz", ".npy", ".json", ".mat",
    ".gexf", ".gml", ".net", ".feather", ".csv.gz",
)  # fmt: skip
ACTIVATIONS = (
    ".npy", ".npz", ".safetensors", ".csv", ".tsv", ".parquet", ".h5", ".hdf5", ".mat", ".zip",
)  # fmt: skip
INPUT = (".npy", ".npz", ".csv", ".tsv", ".txt", ".png")
VALUES = (".csv", ".tsv", ".txt", ".json")
RECORDING = (".nwb", ".h5", ".hdf5", ".npz", ".npy", ".csv", ".tsv", ".parquet", ".json")


def _plain() -> list[Hostile]:
    """Nothing, zeros and noise behind the right first bytes, of every kind at every place."""
    found = []
    for place, kinds in (
        ("wiring", WIRING), ("activations", ACTIVATIONS), ("values", VALUES), ("cities", (".tsp",)),
        ("input", INPUT),
        ("recording", RECORDING),
    ):  # fmt: skip
        for kind in kinds:
            magic = _MAGIC.get("." + kind.rpartition(".")[2], b"")
            empty = "empty|no values" if kind != ".csv.gz" else ""
            found += [
                Hostile(place, f"nothing{kind}", bytes, empty),
                Hostile(place, f"zeros{kind}", partial(bytes, 4096)),
                Hostile(place, f"noise{kind}", lambda magic=magic: magic + noise()),
            ]
    return found


_WIDE = (b"a," * 999_999 + b"a\n") * 2
_BOMBS = [
    Hostile("wiring", "wide.csv", lambda: _WIDE, "it has 1,000,000 columns; at most 20,000"),
    Hostile("wiring", "cells.csv", lambda: b"1,1,1,1,1,1,1,1\n" * 1_500_000, "12,000,001 cells"),
    Hostile("wiring", "ragged.csv", lambda: b"a,b\n" * 200_000 + b"a," * 15_000, "widest of 200,"),
    Hostile("wiring", "quote.csv", lambda: b'pre,post\n"' + b"a" * 2 * MIB, "field larger"),
    Hostile("wiring", "half.csv", lambda: b"\xff\xfea", "begins as UTF-16"),
    Hostile("wiring", "minus.edgelist", lambda: b"a b {'w': " + b"-" * 1900 + b"1}", "nested|row 1"),
    Hostile("wiring", "corners.xlsx", lambda: workbook(_cell("A1", 1) + _cell("XFD1048576", 2**20)),
            "span 1,048,576 rows and 16,384 columns"),
    Hostile("wiring", "said.xlsx", lambda: workbook(_word("A1"), "A1:XFD1048576")),
    Hostile("wiring", "sheet.xlsx", lambda: workbook_with("xl/worksheets/sheet1.xml", 600),
            "unpacks to 600 MiB"),
    Hostile("wiring", "texts.xlsx", lambda: workbook_with("xl/sharedStrings.xml", 600),
            "unpacks to 600 MiB"),
    Hostile("wiring", "bomb.npz", lambda: npz_bomb(2_000), "unpacks to 2,000 MiB"),
    Hostile("wiring", "middle.npz", lambda: npz_bomb(400), "numbers of 400 MiB; at most 300"),
    Hostile("wiring", "liar.npz", lambda: npz_bomb(600, 100)),
    Hostile("wiring", "many.npz", lambda: whole_zip({f"{k}.npy": b"" for k in range(10_001)}),
            "10,001 files in it"),
    Hostile("wiring", "claims.npy", lambda: npy_head((2**40, 2**40), "<f8"), "its header says"),
    Hostile("wiring", "less.npy", lambda: npy_head((-5, 5), "<f8")),
    Hostile("wiring", "head.npy", lambda: b"\x93NUMPY\x02\0" + struct.pack("<I", 2**32 - 1)),
    Hostile("wiring", "objects.npy", lambda: objects(np.save), "never read"),
    Hostile("wiring", "objects.npz", lambda: objects(np.savez, "a"), "never read"),
    Hostile("wiring", "bomb.csv.gz", lambda: _gz(zeros_deflated(600)[0]), "unpacks to more than"),
    Hostile("wiring", "bag.csv.gz.gz.gz", lambda: gzip.compress(gzip.compress(b"a,b\n"))),
    Hostile("wiring", "laughs.graphml", laughs, "DOCTYPE"),
    Hostile("wiring", "laughs16.graphml", partial(laughs, "utf-16"), "DOCTYPE"),
    Hostile("wiring", "outside.gexf", external, "DOCTYPE"),
    Hostile("wiring", "elements.graphml", lambda: b"<graphml>" + b"<a/>" * 7_000_000, "elements"),
    Hostile("wiring", "deep.graphml", lambda: b"<a>" * 100_000 + b"</a>" * 100_000),
    Hostile("wiring", "deep.json", lambda: b"[" * 200_000, "nested deeper than 64"),
    Hostile("wiring", "list.json", lambda: b'["nodes"]'),
    Hostile("wiring", "flat.json", lambda: b"[" + b"[]," * 3_100_000 + b"[]]", "objects and lists"),
    Hostile("wiring", "deep.gml", lambda: b"graph [" * 5_000, "nested deeper than 64"),
    Hostile("wiring", "long.net", lambda: b"\n" * 3_100_000, "lines"),
    Hostile("wiring", "claims.mat", lambda: matlab(2**30), "claims numbers"),
    Hostile("wiring", "claims73.mat", lambda: hdf5((10**6, 10**6)), "claims numbers"),
    Hostile("wiring", "claims.feather", feather),
    Hostile("wiring", "a.pkl", lambda: pickle.dumps([1]), "pickle"),
    Hostile("wiring", "a.pt", lambda: b"PK\x03\x04", "pickle"),
    Hostile("wiring", "hidden.csv", lambda: pickle.dumps([1]), "pickle"),
    Hostile("wiring", "none.exe", lambda: b"MZ", "no kind we read"),
    Hostile("wiring", "../../etc/passwd.csv", lambda: b"root:x\n"),
    Hostile("wiring", "\u202evsc.<img src=x onerror=alert(1)>.csv", lambda: b"x\n"),
    Hostile("activations", "wide.csv", lambda: _WIDE, "it has 1,000,000 columns"),
    Hostile("activations", "cells.tsv", lambda: b"1\t1\t1\t1\n" * 2_000_000, "8,000,001 cells"),
    Hostile("activations", "words.csv", lambda: b"a,b\nc,d\n", "no column of numbers"),
    Hostile("activations", "ragged.csv", lambda: b"a,b\n1,2\n1\n", "row 3"),
    Hostile("activations", "bomb.npz", lambda: npz_bomb(2_000), "unpacks to 2,000 MiB"),
    Hostile("activations", "middle.npz", lambda: npz_bomb(400), "numbers of 400 MiB"),
    Hostile("activations", "liar.npz", lambda: npz_bomb(600, 100)),
    Hostile("activations", "many.npz", lambda: whole_zip({f"{k}": b"" for k in range(10_001)}),
            "10,001 files in it"),
    Hostile("activations", "claims.npy", lambda: npy_head((2**40, 2**40), "<f8"), "header says"),
    Hostile("activations", "less.npy", lambda: npy_head((-5, 5), "<f8")),
    Hostile("activations", "objects.npy", lambda: objects(np.save), "never read"),
    Hostile("activations", "pickle.npy", lambda: pickle.dumps([1])),
    Hostile("activations", "long.safetensors", lambda: safetensors({}, 2**62), "header claims"),
    Hostile("activations", "beyond.safetensors",
            lambda: safetensors(tensor([4], 2**40, 2**40 + 16)), "beyond its end"),
    Hostile("activations", "half.safetensors",
            lambda: safetensors(tensor([2**40], 0, 8, "BF16")), "holds numbers"),
    Hostile("activations", "back.safetensors", lambda: safetensors(tensor([4], 16, 0)), "beyond"),
    Hostile("activations", "deep.safetensors", lambda: safetensors(b"[" * 90_000), "nested"),
    Hostile("activations", "text.safetensors", lambda: safetensors(b"\xff\xfe")),
    Hostile("activations", "claims.h5", lambda: hdf5((10**6, 10**6)), "claims numbers"),
    Hostile("activations", "chunk.h5",
            lambda: hdf5((4, 4), (20_000, 20_000), maxshape=(None, None)), "claims numbers"),
    Hostile("activations", "groups.h5", lambda: hdf5((0, 4))),
    Hostile("activations", "claims.mat", lambda: matlab(2**30), "claims numbers"),
    Hostile("activations", "pickle.zip", lambda: zarr({"filters": [{"id": "pickle"}]}), "run code"),
    Hostile("activations", "shape.zip", lambda: zarr({"shape": [10**6, 10**6]}), "shape"),
    Hostile("activations", "chunk.zip", lambda: zarr({"chunks": [10**6, 10**6]}), "chunk"),
    Hostile("activations", "bomb.zip", lambda: workbook_with("h/0.0", 600), "unpacks to 600 MiB"),
    Hostile("activations", "a.pt", lambda: b"PK\x03\x04", "opened here"),
    Hostile("activations", "none.exe", lambda: b"MZ", "opened here"),
    Hostile("values", "wide.csv", lambda: _WIDE, "1,000,000 columns; 2,000 are read"),
    Hostile("values", "long.txt", lambda: b"12 " * 9_000_000, "more than 8,000,000 cells"),
    Hostile("values", "deep.json", lambda: b"[" * 1_000_000, "nested deeper"),
    Hostile("values", "twice.json", lambda: b'{"a": [1], "a": [2]}', "there twice"),
    Hostile("values", "half.json", lambda: b'["\\ud800"]', "half a character"),
    Hostile("values", "digits.json", lambda: b"[" + b"9" * 100_000 + b"]", "not strict JSON"),
    Hostile("values", "endless.json", lambda: b"[1e999]", "not strict JSON"),
    Hostile("values", "quote.csv", lambda: b'a\n"' + b"1" * MIB, "line"),
    Hostile("values", "zip.csv", lambda: whole_zip({"a": b"1"}), "ZIP"),
    Hostile("values", "a.yaml", lambda: b"!!python/object:os.system", "not a CSV"),
    Hostile("cities", "lines.tsp", lambda: b"\n" * 600_000 + b"a", "lines"),
    Hostile("cities", "line.tsp", lambda: b"NAME : " + b"a" * MIB, "characters"),
    Hostile("cities", "claims.tsp", lambda: b"TYPE : TSP\nEDGE_WEIGHT_TYPE : EUC_2D\nDIMENSION : "
            + b"9" * 9, "DIMENSION"),
    Hostile("cities", "digits.tsp", lambda: b"TYPE : TSP\nEDGE_WEIGHT_TYPE : EUC_2D\nDIMENSION : 1"
            b"\nNODE_COORD_SECTION\n1 1e999 0", "finite"),
    Hostile("input", "wide.csv", lambda: _WIDE, "1,000,000 columns"),
    Hostile("input", "cells.tsv", lambda: b"1\t1\t1\t1\n" * 700_000, "2,800,001 cells"),
    Hostile("input", "odd.csv", lambda: b"a,b\n1,2\n3,x\n", "line 3, column 2 holds 'x'"),
    Hostile("input", "gap.csv", lambda: b"1,2\n3,\n", "line 2, column 2 is empty"),
    Hostile("input", "ragged.csv", lambda: b"1,2\n3\n", "1 cells where 2"),
    Hostile("input", "claims.npy", lambda: npy_head((2**40, 2**40), "<f8"), "header says"),
    Hostile("input", "less.npy", lambda: npy_head((-5, 5), "<f8")),
    Hostile("input", "objects.npy", lambda: objects(np.save), "never read"),
    Hostile("input", "objects.npz", lambda: objects(np.savez, "x"), "never read"),
    Hostile("input", "pickle.npy", lambda: pickle.dumps([1])),
    Hostile("input", "bomb.npz", lambda: npz_bomb(2_000), "unpacks to 2,000 MiB"),
    Hostile("input", "liar.npz", lambda: npz_bomb(600, 100)),
    Hostile("input", "numbers.npz", many_numbers, "50,000,001 numbers; at most 50,000,000"),
    Hostile("input", "words.npy", lambda: array_file(np.array(["a"])), "no array of real numbers"),
    Hostile("input", "none.npy", lambda: array_file(np.zeros((0, 4))), "no array of real numbers"),
    Hostile("input", "size.png", lambda: picture(2**31 - 1), "pixels|readable"),
    Hostile("input", "cut.png", lambda: picture(64), "readable"),
    Hostile("input", "gif.png", lambda: b"GIF89a" + bytes(64), "readable"),
    Hostile("input", "a.pt", lambda: b"PK\x03\x04", "opened here"),
    Hostile("input", "<img src=x>.exe", lambda: b"MZ", "opened here"),
    Hostile("recording", "wide.csv", lambda: _WIDE, "it has 1,000,000 columns"),
    Hostile("recording", "words.csv", lambda: b"a,b\nc,d\n", "no column of numbers"),
    Hostile("recording", "odd.csv", lambda: b"a,b\n1,2\n3,x\n4,5\n", "line 3, column 'b' holds 'x'"),
    Hostile("recording", "bomb.npz", lambda: npz_bomb(2_000), "unpacks to 2,000 MiB"),
    Hostile("recording", "liar.npz", lambda: npz_bomb(600, 100)),
    Hostile("recording", "objects.npz", lambda: objects(np.savez, "a"), "never read"),
    Hostile("recording", "claims.npy", lambda: npy_head((2**40, 2**40), "<f8"), "its header says"),
    Hostile("recording", "claims.nwb", lambda: hdf5((10**6, 10**6)), "claims numbers"),
    Hostile("recording", "outside.nwb", hdf5_outside, "no fluorescence"),
    Hostile("recording", "outside.h5", hdf5_outside, "never followed"),
    Hostile("recording", "deep.json", lambda: b"[" * 200_000, "nested deeper than 64"),
    Hostile("recording", "back.json", lambda: b'{"a": [3, 1]}', "before the one before it"),
    Hostile("recording", "far.json", lambda: b'{"a": [0, 1e15]}', "more than are held"),
    Hostile("recording", "lists.parquet", parquet_lists, "values; at most"),
    Hostile("recording", "a.pkl", lambda: pickle.dumps([1]), "pickle"),
    Hostile("recording", "hidden.csv", lambda: pickle.dumps([1]), "pickle"),
    Hostile("recording", "none.exe", lambda: b"MZ", "recordings are read from"),
    Hostile("dropped", "size.png", partial(png_chunk, 2**32 - 1), "does not say"),
    Hostile("dropped", "loop.gif", lambda: b"GIF89a" + bytes(7) + b"\x21\xfe" + b"\xff" * 3 * MIB,
            "does not say"),
    Hostile("dropped", "open.svg", lambda: b'<svg><metadata id="neural-explorer">' * 9_000,
            "does not say"),
    Hostile("dropped", "bomb.zip", lambda: workbook_with("provenance.json", 600), "does not say"),
    Hostile("dropped", "bundle.zip", lambda: workbook_with("manifest.json", 600)),
    Hostile("dropped", "deep.json", lambda: b'{"neural-explorer": ' + b"[" * 500_000, "not say"),
    Hostile("dropped", "deep.csv", lambda: b"# neural-explorer: " + b"[" * 500_000, "damaged"),
    Hostile("dropped", "session.json", lambda: b'{"sha256": "0", "session": ' + b"[" * 500_000,
            "nested deeper"),
    Hostile("dropped", "noise.npz", lambda: b"PK\x03\x04" + noise(), "does not say"),
]  # fmt: skip


def _gz(stream: bytes) -> bytes:
    return b"\x1f\x8b\x08\0" + bytes(6) + stream + bytes(8)


CORPUS = (*_plain(), *_BOMBS)
