"""Results that come with the build are what this code computes."""

from __future__ import annotations

import dataclasses
import re
import zlib
from pathlib import Path

import msgpack
import numpy as np
import pytest

from engines.boundary import codec, shipped
from engines.contract import Spec
from engines.running import registry
from explorer import first

RTOL = 1e-3
"""Sums of floats end differently on other processors, and training amplifies that."""
ATOL = 1e-5
MEASURED = {"milliseconds", "seconds"}
"""Fields that hold measured times, which no run repeats; their shapes it does."""
DURATION = re.compile(r"\b[0-9.]+ m?s\b")


def head_of(path: Path) -> dict:
    return msgpack.unpackb(zlib.decompress(path.read_bytes()), use_list=False)[0]


def cases():
    for path in sorted(shipped.folder().rglob("*.first")):
        slow = head_of(path)["seconds"] > 8
        marks = [pytest.mark.slow, pytest.mark.timeout(300)] if slow else [pytest.mark.timeout(120)]
        marks.append(pytest.mark.apart)
        yield pytest.param(path, id=f"{path.parent.name}/{path.stem}", marks=marks)


@pytest.mark.parametrize("workbench", registry.workbenches())
def test_every_page_has_something_to_show_at_once(workbench):
    without = [
        name
        for name in registry.listed(workbench)
        if shipped.find(name, registry.experiment(name).default()) is None
    ]
    assert not without, "run python -m explorer first"


def arrays_close(ours: np.ndarray, theirs: np.ndarray) -> None:
    """All numbers within the tolerance."""
    np.testing.assert_allclose(ours, theirs, rtol=RTOL, atol=ATOL, equal_nan=True)


def arrays_alike(ours: np.ndarray, theirs: np.ndarray) -> None:
    """All but a fiftieth of the numbers within a tenth of their range: one course, other bits."""
    assert ours.shape == theirs.shape
    both = np.isfinite(ours) & np.isfinite(theirs)
    if both.any():
        apart = np.abs(ours[both] - theirs[both])
        assert (apart > 0.1 * np.ptp(theirs[both]) + ATOL).mean() <= 0.02
    np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(theirs))


def shapes_equal(ours: np.ndarray, theirs: np.ndarray) -> None:
    """As many numbers, whatever they are."""
    assert ours.shape == theirs.shape


def assert_close(ours, theirs, arrays=arrays_close) -> None:
    """Equal, and arrays and floats as ``arrays`` asks."""
    assert type(ours) is type(theirs)
    if dataclasses.is_dataclass(ours):
        for name in (field.name for field in dataclasses.fields(ours)):
            one, other = getattr(ours, name), getattr(theirs, name)
            if name in MEASURED:
                assert np.shape(one) == np.shape(other)
            else:
                assert_close(one, other, arrays)
    elif isinstance(ours, dict):
        assert list(ours) == list(theirs)
        for key in ours:
            assert_close(ours[key], theirs[key], arrays)
    elif isinstance(ours, tuple | list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_close(one, other, arrays)
    elif isinstance(ours, np.ndarray | float):
        arrays(np.asarray(ours), np.asarray(theirs))
    elif isinstance(ours, str):
        # Importing says how long it took.
        assert DURATION.sub("", ours) == DURATION.sub("", theirs)
    else:
        assert ours == theirs


def assert_told_alike(experiment, ours, theirs) -> None:
    """Of the same shape, with the same verdicts, each figure within the other's interval.

    What another processor computes: learning at the edge of what is stable goes another way after
    the first bit that differs.
    """
    findings = experiment.findings(theirs)
    assert_close(ours, theirs, shapes_equal if findings else arrays_alike)
    for one, other in zip(experiment.findings(ours), findings, strict=True):
        assert one.word == other.word, other.sentence
        low, high = other.figure.low, other.figure.high
        if low < high:
            assert low <= one.figure.value <= high, other.sentence


def make_source(named: str) -> None:
    """Run what recorded the activations that are asked for; no other test need have done it."""
    for path in sorted((shipped.folder() / "geometry").glob("*.first")):
        experiment = registry.experiment(f"geometry/{path.stem.rpartition('-')[0]}")
        spec = experiment.spec.from_json(head_of(path)["spec"])
        if named and named.endswith(spec.digest()[:12]):
            experiment.result(spec)


@pytest.mark.parametrize("path", list(cases()))
def test_what_is_shipped_is_what_is_computed(path):
    name = f"{path.parent.name}/{path.stem.rpartition('-')[0]}"
    experiment = registry.experiment(name)
    spec: Spec = experiment.spec.from_json(head_of(path)["spec"])
    found = shipped.find(name, spec)
    assert found is not None, "made for an earlier code: run python -m explorer first"
    make_source(getattr(spec, "source", ""))
    ours = codec.pack(experiment.result(spec))
    if ours == found.packed:
        return
    if found.processor == shipped.processor():
        assert_close(codec.unpack(ours), found.result)
    else:
        assert_told_alike(experiment, codec.unpack(ours), found.result)


def test_all_of_it_is_small():
    files = list(shipped.folder().rglob("*.first"))
    assert sum(path.stat().st_size for path in files) < 30e6
    assert max(path.stat().st_size for path in files) < 3e6


def test_an_unknown_page_is_named(capsys):
    import sys

    assert first.first(["sorting/nonsense"], out=sys.stdout) == 2
    assert "no page named 'sorting/nonsense'" in capsys.readouterr().out


async def test_a_page_is_answered_whole_with_the_questions_that_follow():
    found = await first.answers_of("diagrams/compare")
    assert found[0].name == "diagrams/compare"
    assert found[0].spec == registry.experiment("diagrams/compare").default()
    assert codec.unpack(found[0].packed) is not None
