"""Hostile files at every place where files are brought: a sentence with their name, soon.

All of them are read by children that are forked from one warm process; a few, or with
``EXPLORER_HOSTILE=1`` all, by children as the app starts them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engines.boundary import apart, reading
from engines.boundary.arrays import KINDS
from engines.boundary.brought import keep_brought
from engines.boundary.labels import label
from engines.boundary.uploads import numbers_from_upload
from engines.connectome.importing.child import connectome_from_upload
from engines.connectome.opening.child import recording_from_upload
from engines.contract import InputError
from engines.diagrams.watching.own import own_arrays
from engines.diagrams.watching.spec import UPLOAD_MAX_BYTES, WatchSpec
from engines.geometry.own_data.files import FilesSpec, frames_of, keep_upload
from engines.pointer.instances.tsplib import tsplib_from_upload

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is not bounded elsewhere")
HERE, ROOT = Path(__file__).parent, Path(__file__).parents[3]


def _corpus() -> Any:
    # Tests are no package, so what they share is loaded by its place.
    spec = importlib.util.spec_from_file_location("hostile", HERE / "hostile.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["hostile"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CORPUS


CORPUS = _corpus()
REAL = {"wide.csv", "corners.xlsx", "bomb.npz", "claims.h5", "long.txt", "laughs16.graphml"}
SLOW = os.environ.get("EXPLORER_HOSTILE") == "1"
LIBRARIES = (
    "engines.connectome.importing.read", "engines.connectome.opening.read", "networkx", "openpyxl", "scipy.io", "h5py", "zarr",
    "PIL.PngImagePlugin",
    "pyarrow.parquet", "pyarrow.feather", "safetensors.numpy",
)  # fmt: skip


class Warm:
    """Stands for `subprocess.run` where strangers' files are read."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._readers = folder, {}

    def run(
        self, command: list[str], *, input: bytes, **_: Any
    ) -> subprocess.CompletedProcess[bytes]:
        module = command[-1]
        if module not in self._readers:
            libraries = () if module == reading.__file__ else LIBRARIES
            call = [sys.executable, "-I", str(HERE / "warm_reader.py"), str(ROOT), module]
            self._readers[module] = subprocess.Popen(
                [*call, *libraries], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**os.environ, **apart._FRUGAL},
            )  # fmt: skip
        path = self._folder / "asked"
        path.write_bytes(input)
        reader = self._readers[module]
        reader.stdin.write(json.dumps(str(path)).encode() + b"\n")
        reader.stdin.flush()
        answer = json.loads(reader.stdout.readline())
        out, err = bytes.fromhex(answer["stdout"]), bytes.fromhex(answer["stderr"])
        return subprocess.CompletedProcess(command, answer["returncode"], out, err)

    def close(self) -> None:
        for reader in self._readers.values():
            reader.stdin.close()
            reader.wait(20)
            reader.stdout.close()


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    made = Warm(tmp_path_factory.mktemp("asked"))
    yield made
    made.close()


def _dropped(name: str, data: bytes) -> None:
    from engines.boundary.bundles import is_bundle
    from explorer.bundles import session_from_bundle
    from explorer.dropped import is_session, link_from_file, said_with
    from explorer.sessions import session_from_bytes

    with said_with(name):
        if is_session(data):
            session_from_bytes(data)
        elif is_bundle(data):
            session_from_bundle(data)
        else:
            link_from_file(data)


def _activations(name: str, data: bytes) -> None:
    kept = keep_upload(name, data)
    list(frames_of(FilesSpec(upload=kept, title=label(name, 60))))


def _input(name: str, data: bytes) -> None:
    kept = keep_brought(name, data, KINDS, UPLOAD_MAX_BYTES)
    own_arrays(WatchSpec(upload=kept, title=label(name, 60)))


READ: dict[str, Callable[[str, bytes], Any]] = {
    "wiring": connectome_from_upload,
    "activations": _activations,
    "values": numbers_from_upload,
    "cities": tsplib_from_upload,
    "recording": recording_from_upload,
    "dropped": _dropped,
    "input": _input,
}


def refused(each: Any) -> float:
    """See that a file is refused as it must be; seconds that took."""
    data, began = each.body(), time.monotonic()
    with pytest.raises(InputError) as caught:
        READ[each.place](each.name, data)
    took, said = time.monotonic() - began, str(caught.value)
    leaf = re.split(r"[/\\]", each.name)[-1]
    named = label(leaf, 40)
    assert named.removesuffix(".gz").removesuffix("…") in said, said
    assert re.search(each.said, said), said
    assert not re.search(r"[0-9a-f]{20}|/tmp/|/home/|/root/|site-packages|Traceback", said), said
    assert "\u202e" not in said
    assert len(said) < 1_000
    return took


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


def test_there_are_more_than_a_hundred_of_them_at_every_place():
    assert len(CORPUS) >= 100
    assert {each.place for each in CORPUS} == set(READ)
    assert len({each.id for each in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("each", CORPUS, ids=lambda each: each.id)
def test_promise_6_a_hostile_file_is_refused_by_its_name(each, warm, monkeypatch):
    stand_in = SimpleNamespace(run=warm.run, TimeoutExpired=subprocess.TimeoutExpired)
    monkeypatch.setattr(apart, "subprocess", stand_in)
    # Twenty seconds are the limit; what is counted first is refused within about one.
    assert refused(each) < 20


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "each", [e for e in CORPUS if SLOW or e.name in REAL], ids=lambda each: each.id
)
def test_promise_6_a_child_as_the_app_starts_it_refuses_too(each):
    assert refused(each) < 60
