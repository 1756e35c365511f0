"""Imported connectomes on disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.boundary import codec
from engines.connectome.wiring import kept, synthetic
from engines.contract import InputError


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    kept.load_own.cache_clear()
    return synthetic.block_model(30, 60, 2, 0.8, 3, name="a", title="a")


def test_what_an_earlier_version_kept_is_read_and_sealed(made):
    path = kept.folder() / kept.keep(made)
    sealed = path.read_bytes()
    path.write_bytes(codec.pack(replace(made, columns=dict(made.columns))))
    assert kept.load_own(path.name).digest == made.digest
    assert path.read_bytes() == sealed


def test_what_is_neither_is_damaged(made):
    path = kept.folder() / kept.keep(made)
    path.write_bytes(path.read_bytes()[1:])
    with pytest.raises(InputError, match="damaged on disk"):
        kept.load_own(path.name)
