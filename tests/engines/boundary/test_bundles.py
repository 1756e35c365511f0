"""Bundles: equal files give equal bytes, and an archive that was tampered with is refused."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile

import numpy as np
import pytest

from engines.boundary.bundles import (
    MANIFEST,
    SCHEMA,
    UNPACKED_MAX_BYTES,
    bundle_from_files,
    files_from_bundle,
    files_from_folder,
    is_bundle,
)
from engines.contract import InputError


def test_what_goes_in_comes_out_and_the_order_does_not_matter():
    rng = np.random.default_rng(0)
    for n_files in (0, 1, 2, 7, 40):
        files = {
            f"f{k}/x{k % 3}/{k}.bin": rng.bytes(int(rng.integers(300))) for k in range(n_files)
        }
        packed = bundle_from_files(files)
        assert is_bundle(packed)
        assert files_from_bundle(packed) == files
        assert bundle_from_files(dict(reversed(files.items()))) == packed


def archive(members: dict[str, bytes], listed: dict[str, str] | None = None, **about) -> bytes:
    """A ZIP as a stranger may write it, with a manifest that fits unless ``listed`` is given."""
    hashes = {name: hashlib.sha256(text).hexdigest() for name, text in members.items()}
    said = {"schema": SCHEMA, "version": 1, "files": hashes if listed is None else listed, **about}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(MANIFEST, json.dumps(said))
        for name, text in members.items():
            target.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../x", "C:/x", "a\\..\\x", ".hidden", "a//x", "con.txt", "a/nul", "x.",
     "é", "a/b/c/d/e/f", "x" * 200],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(name, tmp_path):
    with pytest.raises(InputError, match="lead out of its folder"):
        files_from_bundle(archive({name: b"x"}))
    with pytest.raises(InputError, match="cannot hold a file named"):
        bundle_from_files({name: b"x"})
    listed = {"schema": SCHEMA, "version": 1, "files": {name: "0" * 64}}
    (tmp_path / MANIFEST).write_text(json.dumps(listed))
    with pytest.raises(InputError, match="lead out of its folder"):
        files_from_folder(tmp_path)


def test_a_bomb_is_counted_before_it_is_unpacked():
    zeros = b"\0" * (UNPACKED_MAX_BYTES // 4)
    bomb = archive({f"{k}.bin": zeros for k in range(5)}, {})
    assert len(bomb) < 1_000_000
    with pytest.raises(InputError, match="at most 128 MiB unpacked, this one would take 160 MiB"):
        files_from_bundle(bomb)
    with pytest.raises(InputError, match="holds at most 1,000 files"):
        files_from_bundle(archive({f"{k}": b"" for k in range(1_001)}, {}))


def test_a_size_that_lies_is_noticed():
    whole = archive({"a.bin": b"\0" * 100_000})
    lie = whole.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != whole
    with pytest.raises(InputError, match=r"damaged|not as long as it says"):
        files_from_bundle(lie)


def test_twice_the_same_name_links_and_other_manifests_are_refused():
    with pytest.raises(InputError, match="names a file twice"):
        files_from_bundle(archive({"a": b"1", "A": b"2"}))
    with pytest.raises(InputError, match="other files than its manifest lists"):
        files_from_bundle(archive({"a": b"1"}, {}))
    with pytest.raises(InputError, match="was changed or damaged"):
        files_from_bundle(archive({"a": b"1"}, {"a": hashlib.sha256(b"2").hexdigest()}))
    with pytest.raises(InputError, match="bundles of version 1"):
        files_from_bundle(archive({}, version=2))
    with pytest.raises(InputError, match="does not say that it is one"):
        files_from_bundle(archive({}, schema="other"))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr(MANIFEST, "{}")
        link = zipfile.ZipInfo("a")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="a link, locked or packed"):
        files_from_bundle(made.getvalue())


def test_every_flipped_or_missing_byte_is_a_sentence():
    files = {"a.txt": b"words", "b/c.bin": bytes(range(256))}
    whole = bundle_from_files(files)
    for place in range(0, len(whole), 3):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x55
        with contextlib.suppress(InputError):  # what is read all the same is what was written
            assert files_from_bundle(bytes(spoilt)) == files
        with pytest.raises(InputError):
            files_from_bundle(whole[:place])
