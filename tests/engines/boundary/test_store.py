"""Results on disk: written whole, checked when read, and not needed to go on."""

import os
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.boundary import store as store_module
from engines.boundary.store import Store, result_key

KEY = result_key("spec", "code", "cpu")
OTHER = result_key("other spec", "code", "cpu")


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "results")
    opened.open()
    return opened


def keep(store, key, data):
    store.save(key, store.put(key, data))


def on_disk(store, key=KEY):
    return store.folder / f"{key}.result"


def test_keys_differ_when_anything_differs():
    keys = {result_key(s, c, d) for s in "ab" for c in "ab" for d in ("cpu", "cuda")}
    assert len(keys) == 8


@given(data=st.binary(max_size=4096))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_kept_comes_back(store, data):
    keep(store, KEY, data)
    store.clear_memory()
    assert store.get(KEY).data == data


def test_a_result_is_there_at_once_and_after_a_restart(store):
    stored = store.put(KEY, b"fresh")
    assert store.has(KEY)
    assert store.get(KEY) == stored
    assert not on_disk(store).exists()
    store.save(KEY, stored)
    again = Store(store.folder)
    again.open()
    assert again.has(KEY)
    assert again.get(KEY) == stored
    assert again.get(OTHER) is None


def test_any_flipped_byte_is_noticed_and_set_aside(store):
    keep(store, KEY, bytes(range(120)))
    whole = on_disk(store).read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        on_disk(store).write_bytes(damaged)
        store.clear_memory()
        assert store.get(KEY) is None, place
        assert not on_disk(store).exists()
    assert on_disk(store).with_suffix(".damaged").exists()


def test_any_truncation_is_noticed(store):
    keep(store, KEY, bytes(range(120)))
    whole = on_disk(store).read_bytes()
    for length in range(len(whole)):
        on_disk(store).write_bytes(whole[:length])
        store.clear_memory()
        assert store.get(KEY) is None, length
    on_disk(store).write_bytes(whole + b"x")
    assert store.get(KEY) is None


def test_a_file_under_a_wrong_name_is_not_believed(store):
    keep(store, KEY, b"mine")
    on_disk(store).rename(on_disk(store, OTHER))
    store.clear_memory()
    assert store.get(OTHER) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_user_can_read_results(store):
    keep(store, KEY, b"private")
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert on_disk(store).stat().st_mode & 0o777 == 0o600


def test_the_least_recently_used_go_first(tmp_path):
    store = Store(tmp_path, max_bytes=5000)
    store.open()
    keys = [result_key(str(i), "", "") for i in range(6)]
    for age, key in enumerate(keys[:4]):
        keep(store, key, bytes(1000))
        long_ago = time.time() - 1000 + age
        os.utime(on_disk(store, key), (long_ago, long_ago))
    store.clear_memory()
    assert store.get(keys[0]) is not None, "used just now"
    keep(store, keys[4], bytes(1000))
    keep(store, keys[5], bytes(1000))
    left = [key for key in keys if on_disk(store, key).exists()]
    assert left == [keys[0], keys[3], keys[4], keys[5]]


def test_memory_keeps_to_its_cap_but_always_the_latest(tmp_path):
    store = Store(tmp_path, memory_bytes=2500)
    keys = [result_key(str(i), "", "") for i in range(5)]
    for key in keys:
        store.put(key, bytes(1000))
    assert [store.has(key) for key in keys] == [False, False, False, True, True]
    store.put(OTHER, bytes(10_000))
    assert store.has(OTHER)


def test_orphans_of_killed_writers_are_swept_and_those_of_live_ones_are_not(store):
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    orphan = store.folder / f"{int(dead.stdout)}-abc.writing"
    alive = store.folder / f"{os.getpid()}-abc.writing"
    for path in (orphan, alive):
        path.write_bytes(b"half")
    store.open()
    assert not orphan.exists()
    assert alive.exists()


def test_a_full_disk_is_one_notice_and_no_file(store, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.os, "fsync", full)
    keep(store, KEY, b"anything")
    assert "No space left on device" in store.notice
    assert "EXPLORER_CACHE" in store.notice
    assert list(store.folder.iterdir()) == []
    assert store.get(KEY).data == b"anything", "it goes on in memory"
    monkeypatch.undo()
    keep(store, OTHER, b"more")
    assert list(store.folder.iterdir()) == [], "it does not try again and again"


def test_a_folder_that_cannot_be_made_is_one_notice(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    store = Store(tmp_path / "file" / "results")
    store.open()
    assert "memory only" in store.notice
    keep(store, KEY, b"data")
    assert store.get(KEY).data == b"data"
    assert store.get(OTHER) is None


def test_forget_drops_a_result_everywhere(store):
    keep(store, KEY, b"data")
    store.forget(KEY)
    assert not store.has(KEY)
    assert store.get(KEY) is None


def test_by_default_results_lie_in_the_users_cache_folder():
    assert Store().folder.parts[-2:] == ("neural-explorer", "results")


WRITER = """
import sys, pathlib
from engines.boundary.store import Store, result_key
store = Store(pathlib.Path(sys.argv[1]))
store.open()
print("ready", flush=True)
i = 0
while True:
    key = result_key(str(i % 5), "", "")
    store.save(key, store.put(key, bytes([i % 256]) * 200_000))
    i += 1
"""


@pytest.mark.slow
def test_killed_writers_lose_nothing(tmp_path):
    for kill in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        with writer:
            writer.stdout.readline()
            time.sleep(0.01 * kill)
            writer.kill()
        store = Store(tmp_path)
        for path in tmp_path.glob("*.result"):
            found = store.get(path.stem)
            assert found is not None
            assert len(set(found.data)) == 1
    store.open()
    assert list(tmp_path.glob("*.writing")) == []


def test_two_stores_and_many_threads_share_one_folder(tmp_path):
    stores = [Store(tmp_path, memory_bytes=1), Store(tmp_path, memory_bytes=1)]
    keys = [result_key(str(i), "", "") for i in range(7)]
    wrong = []

    def work(store, shift):
        for i in range(60):
            key = keys[(i + shift) % 7]
            keep(store, key, key.encode() * 20)
            found = store.get(keys[(i * 3) % 7])
            if found is not None and found.data != keys[(i * 3) % 7].encode() * 20:
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(stores[i % 2], i)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not stores[0].notice
