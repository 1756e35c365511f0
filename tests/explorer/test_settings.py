"""What the command line may decide."""

from __future__ import annotations

import math

import pytest

from explorer.settings import Settings


@pytest.mark.parametrize("port", [0, 5006, 65_535])
def test_ports_there_are(port):
    assert Settings(port=port).port == port


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:13"])
def test_devices_there_may_be(device):
    assert Settings(device=device).device == device


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"port": -1}, "--port must be 0 to 65535, got -1"),
        ({"port": 65_536}, "--port must be 0 to 65535, got 65536"),
        ({"port": 6000}, "browsers open no page on port 6000"),  # tried in Chromium
        ({"device": "gpu"}, "--device must be auto, cpu, cuda:N or mps, got 'gpu'"),
        ({"device": "cuda:"}, "--device must be"),
        ({"device": "cuda:-1"}, "--device must be"),
        ({"device": "cpu\n"}, "--device must be"),
        ({"device": ""}, "--device must be"),
        ({"memory_gib": 0.25}, "--memory-gib must be at least 0.5, got 0.25"),
        ({"memory_gib": -1.0}, "--memory-gib must be at least 0.5"),
        ({"memory_gib": math.nan}, "--memory-gib must be at least 0.5, got nan"),
        ({"memory_gib": math.inf}, "--memory-gib must be at least 0.5, got inf"),
        ({"deadline_s": 0.0}, "--deadline-s must be positive, got 0"),
        ({"deadline_s": -3.0}, "--deadline-s must be positive"),
        ({"deadline_s": math.nan}, "--deadline-s must be positive, got nan"),
    ],
)
def test_nonsense_is_refused_with_what_is_allowed(fields, said):
    with pytest.raises(ValueError, match="--") as refused:
        Settings(**fields)
    assert said in str(refused.value)
