"""A library of its own for every test, so that nothing of the user's is touched."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_library(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "activations"


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small products are faster with one thread, above all where cores are shared."""
    import torch

    torch.set_num_threads(1)
