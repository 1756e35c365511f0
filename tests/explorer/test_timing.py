"""How long an experiment takes here: measured, or guessed and said so."""

from __future__ import annotations

import math

import pytest

from engines.running import registry
from engines.running.compute import InProcess, JobState, Status
from explorer import timing
from explorer.timing import Seconds, remember, seconds

NAME = "sorting/run"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


async def finished(spec):
    job = InProcess().submit(spec)
    await job.ended()
    return job


def done(elapsed_s: float, from_cache: str = "") -> JobState:
    return JobState(Status.DONE, 1.0, elapsed_s=elapsed_s, from_cache=from_cache)


async def test_the_first_preset_is_measured_and_nothing_else():
    default = registry.experiment(NAME).default()
    job = await finished(default)
    assert not seconds(NAME).measured
    assert not remember(NAME, default, done(2.0, "2026-01-01T00:00:00+00:00"), job.result)
    assert not remember(NAME, default, done(2.0), None)
    assert not remember(NAME, default.replace(n_cells=7), done(2.0), job.result)
    assert not seconds(NAME).measured
    assert remember(NAME, default, done(2.25), job.result)
    assert seconds(NAME) == Seconds(2.25, True)
    assert remember(NAME, default, done(1.5), job.result)
    assert seconds(NAME) == Seconds(1.5, True)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"sorting/run": "2"}', b"\xff", b"1" * 99])
def test_a_damaged_file_is_as_good_as_none(content):
    timing._place().write_bytes(content)
    assert not seconds(NAME).measured


@pytest.mark.parametrize(
    ("value", "measured", "said"),
    [
        (math.nan, False, "not timed yet"),
        (0.2, False, "about a second or less"),
        (110.0, False, "about 110 s"),
        (2.34, True, "2.3 s, measured here"),
        (1234.0, True, "1,234 s, measured here"),
        (0.01, True, "under 0.1 s, measured here"),
    ],
)
def test_the_words_say_where_the_number_is_from(value, measured, said):
    assert str(Seconds(value, measured)) == said
