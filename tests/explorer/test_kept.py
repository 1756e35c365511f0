"""Promise 9: every kind of file that is kept is checked when it is read, and never half written.

``EXPLORER_ALL_DAMAGE=1`` runs the published counts (200 flips, 100 cuts, 200 kills of each kind).
"""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from engines.boundary.kept import Kind
from engines.boundary.whole import folder_beside, sweep, write_whole
from engines.contract import InputError

ROOT = Path(__file__).parents[2]
FULL = bool(os.environ.get("EXPLORER_ALL_DAMAGE"))
N_FLIPS, N_CUTS, N_KILLS = (200, 100, 200) if FULL else (16, 8, 3)


def kinds() -> dict[str, Kind]:
    """Every `Kind` that any module of ours defines, by its name."""
    found = {}
    for package in ("engines", "views", "explorer"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if re.search(r"^\w+ = Kind\(", path.read_text("utf-8"), re.MULTILINE):
                module = importlib.import_module(
                    ".".join(path.relative_to(ROOT).with_suffix("").parts)
                )
                found |= {k.name: k for k in vars(module).values() if isinstance(k, Kind)}
    return found


class Sample:
    """One thing of a kind: ``write(k)`` keeps version k, ``read`` gives what tells it from others.

    ``read`` raises InputError, with a sentence, where it notices damage.
    """

    folder: Path
    known: dict[int, object]

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, k: int) -> None:
        raise NotImplementedError

    def read(self) -> object:
        raise NotImplementedError

    def files(self) -> list[Path]:
        return sorted(p for p in self.folder.rglob("*") if p.is_file() and p.suffix != ".csv")


class CachedResult(Sample):
    def _store(self):
        from engines.boundary.store import Store, result_key

        return Store(self.folder / "results"), result_key("spec", "code", "cpu")

    def write(self, k):
        store, key = self._store()
        store.open()
        store.save(key, store.put(key, bytes([k]) * 5000))

    def read(self):
        import logging

        store, key = self._store()
        said: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())
        logging.getLogger("engines.boundary.store").addHandler(handler)
        try:
            found = store.get(key)
        finally:
            logging.getLogger("engines.boundary.store").removeHandler(handler)
        if found is None:
            raise InputError(said[0])
        return found.data[:1], len(found.data)


class OwnConnectome(Sample):
    def write(self, k):
        from engines.connectome.wiring import kept, synthetic

        made = synthetic.block_model(30, 60, 2, 0.8, k, name="a", title="a")
        digest = kept.keep(made)
        if not (self.folder / "which").exists():  # written by the test before any kill
            (self.folder / "which").write_text(digest)

    def read(self):
        from engines.connectome.wiring import kept

        kept.load_own.cache_clear()
        found = kept.load_own((self.folder / "which").read_text())
        return found.digest

    def files(self):
        return [self.folder / "connectomes" / (self.folder / "which").read_text()]


class OwnRecording(Sample):
    def write(self, k):
        from engines.connectome.opening import kept
        from engines.connectome.opening.options import Animal, Opened

        values, known = np.full((50, 2), float(k)), np.ones(2, bool)
        one = Animal("one", ("a", "b"), values, np.arange(50.0), known)
        digest = kept.keep(Opened("mine.csv", "traces", (one,)))
        if not (self.folder / "which").exists():  # written by the test before any kill
            (self.folder / "which").write_text(digest)

    def read(self):
        from engines.connectome.opening import kept

        kept.load_recording.cache_clear()
        return kept.load_recording((self.folder / "which").read_text()).animals[0].values[0, 0]

    def files(self):
        return [self.folder / "recordings" / (self.folder / "which").read_text()]


class Layout(Sample):
    def write(self, k):
        from engines.connectome.large import layout_store

        xy = np.full((40, 2), k, np.float32)
        place = self.folder / "connectome-large" / "a"
        layout_store._save(place, xy=xy, pre=np.arange(9), post=np.arange(9))

    def read(self):
        from engines.connectome.large import layout_store

        layout_store._stored.cache_clear()
        place = self.folder / "connectome-large" / "a"
        return [a.tolist() for a in layout_store._stored(str(place))]


class BundledTable(Sample):
    def write(self, k):
        source = ROOT / "assets" / "connectome"
        write_whole(self.folder / "SHA256SUMS", (source / "SHA256SUMS").read_bytes())
        name = "larva/mb_left_cell_labels.csv"
        write_whole(self.folder / name, (source / name).read_bytes())

    def read(self):
        from engines.connectome.wiring import bundled_tables

        (path,) = self.files()
        bundled_tables._check.cache_clear()
        bundled_tables._check(path, "larva/mb_left_cell_labels.csv", 0)
        return path.read_bytes()

    def files(self):
        return [self.folder / "larva/mb_left_cell_labels.csv"]


class Activations(Sample):
    def write(self, k):
        from engines.geometry.activations import library
        from engines.geometry.activations.store import ActivationWriter

        writing = library.fresh_folder("a")
        writer = ActivationWriter(writing, {"h": 6}, list("xyz"), labels={"c": list("aab")})
        for step in range(2):
            writer.append({"h": np.full((3, 6), k + step / 2)}, step=float(step))
        writer.close()
        library.publish(writing, "a")

    def read(self):
        from engines.geometry.activations.manifest import _is_intact
        from engines.geometry.activations.store import ActivationSet

        _is_intact.cache_clear()
        found = ActivationSet.named("a")
        return found.stimuli, found.labels, found.layer("h").tolist()


class Brought(Sample):
    told = ""

    def write(self, k):
        from engines.geometry.own_data.files import keep_upload

        self.told = keep_upload("a.csv", b"1,2\n3,4\n" * 50)

    def read(self):
        from engines.geometry.own_data.files import FilesSpec, _place

        path, *_ = _place(FilesSpec(upload=self.told, title="mine.csv"))
        return path.read_bytes()

    def files(self):
        return [self.folder / "uploads" / self.told]


class Weights(Sample):
    def write(self, k):
        from engines.pointer.model import Network, Recipe
        from engines.pointer.networks import weights
        from engines.pointer.networks.build import network

        recipe = Recipe(network=Network(d_model=8, n_encoder=1, n_decoder=1))
        made = network(recipe.network, d_features=2, n_max=5, seed=k)
        tensors = weights.halved(made)
        header = weights.Header(recipe, 10, {"5": {"accuracy": k}}, 0, weights.digest(tensors))
        weights.save(weights.path_of("trained-a"), tensors, header)

    def read(self):
        from engines.pointer.networks import weights

        weights._loaded.cache_clear()
        return weights.load("trained-a").header


class TrainingState(Sample):
    @property
    def _path(self):
        return self.folder / "pointer" / "a.state"

    def write(self, k):
        import torch

        from engines.pointer.training.unfinished import keep_state

        keep_state(self._path, {"weight": torch.full((40,), float(k))})

    def read(self):
        from engines.pointer.training.unfinished import state_from_file

        return state_from_file(self._path)["weight"].tolist()


class FirstResult(Sample):
    def write(self, k):
        source = min((ROOT / "assets" / "first" / "sorting").glob("*.first"), key=size)
        write_whole(self.folder / "a.first", source.read_bytes())

    def read(self):
        import zlib

        from engines.boundary import shipped

        try:
            return shipped._read(self.folder / "a.first")
        except zlib.error as error:
            raise InputError(f"the first result is damaged: {error}") from error


class MeasuredTimes(Sample):
    def write(self, k):
        from explorer import timing

        timing.KIND.write(timing._place(), b'{"a/b": %d.5}' % k)

    def read(self):
        from explorer import timing

        timing.KIND.read(timing._place(), "what was measured here")  # a page measures again
        return timing._kept()


class Desk(Sample):
    """The state that a browser's pages keep by themselves."""

    IDENTITY = "0" * 31 + "1"

    def write(self, k):
        from explorer.desks import Desks
        from explorer.sessions import Session

        desk = Desks(self.IDENTITY)
        desk._write(self.IDENTITY, Session(title=f"Session {k}", workbench="sorting"))

    def read(self):
        from explorer.desks import Desks

        session = Desks(self.IDENTITY).load()
        return session and session.title


class SavedSession(Sample):
    def write(self, k):
        from explorer.sessions import Session, SessionStore

        made = Session(title="abc" * 20, workbench="sorting")
        self.told = SessionStore().save(made)

    def read(self):
        from explorer.sessions import SessionStore

        return SessionStore().load(self.told)


SAMPLES: dict[str, type[Sample]] = {
    "cached result": CachedResult,
    "own connectome": OwnConnectome,
    "own recording": OwnRecording,
    "layout of a large wiring": Layout,
    "bundled table": BundledTable,
    "activations": Activations,
    "file that was brought": Brought,
    "weights": Weights,
    "training state": TrainingState,
    "first result": FirstResult,
    "measured times": MeasuredTimes,
    "saved session": SavedSession,
    "a browser's session": Desk,
}
OWN_CHECKSUMS = {"saved session", "a browser's session"}
"""Kept by stores of their own: a session's file, which people save too, holds its checksum."""


def size(path: Path) -> int:
    return path.stat().st_size


@pytest.fixture(params=SAMPLES)
def sample(request, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    return SAMPLES[request.param](tmp_path)


def test_every_kind_there_is_has_a_sample_here():
    assert set(kinds()) == set(SAMPLES) - OWN_CHECKSUMS


def damaged(rng: random.Random, whole: bytes) -> bytes:
    changed = bytearray(whole)
    changed[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
    return bytes(changed)


def unnoticed(sample: Sample, files: dict[Path, bytes], path: Path, data: bytes) -> bool:
    for each, whole in files.items():  # a damaged file may have been set aside
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_bytes(whole)
    path.write_bytes(data)
    try:
        sample.read()
    except InputError as said:
        return re.search(r"[a-z]{3,} [a-z]", str(said)) is None  # no sentence
    return True


def test_flips_and_cuts_are_noticed(sample):
    sample.write(0)
    whole = sample.read()
    files = {path: path.read_bytes() for path in sample.files()}
    weights = [len(data) ** 0.25 for data in files.values()]
    assert files
    rng = random.Random(0)
    for _ in range(N_FLIPS):
        (path,) = rng.choices(list(files), weights)
        assert not unnoticed(sample, files, path, damaged(rng, files[path])), path.name
    for _ in range(N_CUTS):
        (path,) = rng.choices(list(files), weights)
        cut = files[path][: rng.randrange(len(files[path]))]
        assert not unnoticed(sample, files, path, cut), path.name
    for path, data in files.items():
        path.write_bytes(data)
    again = sample.read()
    assert dataclasses.is_dataclass(again) or again == whole


def main() -> None:
    """Kill writers of every kind, in a process that has no other thread."""
    rng, lost = random.Random(1), []
    for name, kind in SAMPLES.items():
        folder = Path(os.environ["EXPLORER_DATA"]) / name.replace(" ", "-")
        os.environ["EXPLORER_DATA"] = os.environ["EXPLORER_CACHE"] = str(folder)
        sample = kind(folder)
        sample.write(0)
        sample.read()
        for _ in range(N_KILLS):
            pid = os.fork()
            if not pid:
                for k in itertools.count(1):
                    sample.write(k % 3)
            time.sleep(rng.uniform(0, 0.03))
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            try:
                sample.read()
            except (InputError, OSError) as error:
                lost.append(f"{name}: {error}")
        n_swept = sweep(folder)
        lost += [f"{name}: left {p.name}" for p in folder.rglob("*.writing")]
        os.environ["EXPLORER_DATA"] = str(folder.parent)
        print(f"{name}: {N_KILLS} kills, {n_swept} leftovers swept")
    print(*lost, sep="\n")
    sys.exit(bool(lost))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked, to start quickly")
@pytest.mark.timeout(1800 if FULL else 60)
def test_killed_writers_lose_nothing_and_leave_nothing(tmp_path):
    """The old one or the new one is there, whole; what is half written is swept."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EXPLORER_DATA": str(tmp_path),
                   "OMP_NUM_THREADS": "1"}  # fmt: skip
    ended = subprocess.run(
        [sys.executable, __file__], capture_output=True, text=True, env=environment, check=False
    )
    print(ended.stdout)
    assert not ended.returncode, ended.stdout + ended.stderr


def test_only_what_a_dead_writer_left_is_swept(tmp_path):
    alive, place = folder_beside(tmp_path / "sets" / "a"), tmp_path / "sets" / "b"
    alive.mkdir(parents=True)
    place.mkdir()
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    orphan = tmp_path / "sets" / f"{int(dead.stdout)}-a.writing"
    (orphan / "acts").mkdir(parents=True)
    (place / f"{int(dead.stdout)}-x.writing").write_bytes(b"half")
    assert sweep(tmp_path) == 2
    assert alive.exists()
    assert place.exists()
    assert not orphan.exists()


WRITES = re.compile(
    r"\.write_bytes\(|\.write_text\(|\bNamedTemporaryFile\(|\bmkstemp\(|os\.replace\(|"
    r"np\.save\((?!packed|stream)|save_file\(|torch\.save\(|open\([^)]*[\"'][wax]"
)
ALLOWED = {
    "engines/boundary/whole.py": "the one place",
    "engines/geometry/activations/manifest.py": "tables for people, which nothing reads",
    "engines/geometry/activations/store.py": "appends to what only the manifest makes readable",
    "explorer/mutants.py": "breaks a scratch copy of the sources",
}


def test_nothing_is_written_but_by_what_writes_whole():
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("engines", "views", "explorer")
        for path in (ROOT / package).rglob("*.py")
        if WRITES.search(path.read_text("utf-8"))
    }
    assert found <= set(ALLOWED), found - set(ALLOWED)


if __name__ == "__main__":
    main()
