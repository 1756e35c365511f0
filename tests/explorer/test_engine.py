"""The engine process as settings and environment ask for it."""

from __future__ import annotations

import pytest

from engines.contract import InputError
from explorer.engine import engine_from_settings
from explorer.settings import Settings


def test_settings_reach_the_engine(monkeypatch):
    monkeypatch.delenv("EXPLORER_SCHEDULER", raising=False)
    engine = engine_from_settings(Settings(device="cpu", memory_gib=1.5, deadline_s=7.0))
    assert engine.settings.memory_limit == int(1.5 * 2**30)
    assert engine.settings.deadline_s == 7.0
    assert engine.settings.device == "cpu"
    assert engine_from_settings(Settings()).settings.memory_limit == 0


def test_an_address_of_a_cluster_that_cannot_be_one_is_a_sentence(monkeypatch):
    monkeypatch.setenv("EXPLORER_SCHEDULER", "http://somewhere")
    with pytest.raises(InputError, match="EXPLORER_SCHEDULER"):
        engine_from_settings(Settings())
