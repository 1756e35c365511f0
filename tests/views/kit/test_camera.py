"""Cameras told by a browser, a link or a stranger's session file."""

from __future__ import annotations

import math

import pytest

from explorer.history import step_between
from views.kit.camera import lenses


def test_what_a_browser_tells_is_kept():
    told = {"graph": [2.5, -0.3, 0.1, 0], "body": [1, 0, 0, 0.7]}
    assert lenses(told, ("graph", "matrix", "body")) == told


@pytest.mark.parametrize(
    "told",
    [
        None,
        "graph",
        [1, 0, 0, 0],
        {"graph": None},
        {"graph": [1, 0, 0]},
        {"graph": [0, 0, 0, 0]},
        {"graph": [1, "0", 0, 0]},
        {"graph": [True, 0, 0, 0]},
        {"graph": [1, math.nan, 0, 0]},
        {"graph": [1, 1e9, 0, 0]},
        {"graph": [1, math.inf, 0, 0]},
        {"graph": [10**400, 0, 0, 0]},
        {"graph": [1, -(10**400), 0, 0]},
        {"graph": [1e-300, 0, 0, 0]},
        {"elsewhere": [1, 0, 0, 0]},
    ],
)
def test_what_is_no_camera_is_left_out(told):
    assert lenses(told, ("graph",)) == {}


def test_looking_from_elsewhere_is_kept_but_is_no_step_to_undo():
    assert step_between(({}, {}), ({}, {"camera": {"graph": [2, 0, 0, 0]}})) is None
