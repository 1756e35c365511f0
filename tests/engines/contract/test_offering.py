"""What a package offers is loaded when it is asked for, and under its own name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TOP = '''"""A workbench."""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
    from walking.calls import stroll as walk
    from walking.rooms import dance
    from walking.heavy import Anvil

__getattr__, __dir__, __all__ = offered(__name__)
'''


@pytest.fixture
def walking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A package with two modules and a room that is named like one of its calls."""
    files = {
        "__init__.py": TOP,
        "calls.py": "def stroll():\n    return 'far'\n",
        "rooms.py": "def dance():\n    return 'round'\n",
        "heavy.py": "class Anvil:\n    pass\n",
        "dance/__init__.py": "",
        "dance/steps.py": "",
    }
    for name, text in files.items():
        path = tmp_path / "walking" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import walking

    yield walking
    for name in [name for name in sys.modules if name.partition(".")[0] == "walking"]:
        del sys.modules[name]


def test_names_are_loaded_one_by_one(walking):
    assert "walking.calls" not in sys.modules
    assert walking.walk() == "far"
    assert "walking.calls" in sys.modules
    assert "walking.heavy" not in sys.modules


def test_all_and_dir_name_what_is_offered(walking):
    assert walking.__all__ == ["Anvil", "dance", "walk"]
    assert {"Anvil", "dance", "walk"} <= set(dir(walking))
    everything: dict[str, object] = {}
    exec("from walking import *", everything)
    assert {"Anvil", "dance", "walk"} <= everything.keys()


def test_a_room_does_not_stand_in_the_place_of_a_call(walking):
    import walking.dance.steps

    assert walking.dance() == "round"


def test_what_is_not_offered_is_no_attribute(walking):
    with pytest.raises(AttributeError, match="module 'walking' has no attribute 'run'"):
        walking.run()
    assert not hasattr(walking, "stroll")
