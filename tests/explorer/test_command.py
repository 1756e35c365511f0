"""The command line: everything it can do is in its help, and what cannot be is a sentence."""

from __future__ import annotations

import builtins
import importlib
import runpy
import sys

import pytest

import launch
from explorer import app, command
from explorer.command import parser, run
from explorer.settings import Settings


@pytest.fixture
def served(monkeypatch) -> list[Settings]:
    """What would be served."""
    found: list[Settings] = []

    def serve(settings: Settings) -> int:
        found.append(settings)
        return 7

    monkeypatch.setattr(app, "serve", serve)
    return found


def test_help_lists_every_option_with_a_text():
    top = parser()
    shown = top.format_help()
    for action in top._actions:
        assert action.help or action.dest == "command", action.dest
        for option in action.option_strings:
            assert option in shown
    for word in ("verify", "EXPLORER_SCHEDULER", "EXPLORER_CACHE", "EXPLORER_DATA"):
        assert word in shown


@pytest.mark.parametrize("arguments", [["--help"], ["verify", "--help"]])
def test_help_ends_well(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 0
    assert "--help" in capsys.readouterr().out


def test_without_options_the_usual_is_served(served):
    assert run([]) == 7
    assert served == [Settings()]


def test_options_reach_the_app(served):
    words = "--port 0 --no-browser --device cuda:1 --memory-gib 2.5 --deadline-s 60"
    assert run(words.split()) == 7
    assert served == [
        Settings(port=0, browser=False, device="cuda:1", memory_gib=2.5, deadline_s=60.0)
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "--port must be 0 to 65535"),
        (["--port", "many"], "invalid int value"),
        (["--device", "abacus"], "--device must be auto, cpu, cuda:N or mps"),
        (["--memory-gib", "0"], "--memory-gib must be at least 0.5"),
        (["dance"], "invalid choice"),
        (["--colour"], "unrecognized arguments"),
    ],
)
def test_nonsense_is_a_sentence_and_status_two(served, capsys, arguments, said):
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert served == []


def test_launch_does_what_the_command_line_does(monkeypatch):
    monkeypatch.setattr(command, "run", lambda: 5)
    assert launch.main() == 5


def test_the_package_is_a_program_too(monkeypatch):
    monkeypatch.setattr(command, "run", lambda: 6)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("explorer", run_name="__main__", alter_sys=False)
    assert ended.value.code == 6


@pytest.mark.parametrize("missing", ["pydantic", "panel_material_ui"])
def test_a_missing_package_is_named_with_how_to_get_it(monkeypatch, capsys, missing):
    usual = builtins.__import__

    def without(name, *rest, **more):
        if name == "explorer.command":
            raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)
        return usual(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert launch.main() == 1
    said = capsys.readouterr().err
    assert f"the package {missing!r} is missing" in said
    assert "pip install" in said
    assert "Traceback" not in said


def test_a_package_that_only_the_page_needs_is_named_too(monkeypatch, capsys):
    for name in [n for n in sys.modules if n == "explorer.app"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "panel_material_ui", None)
    for name in [n for n in sys.modules if n.startswith(("explorer.page", "explorer.help"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "argv", ["launch.py", "--no-browser"])
    assert launch.main() == 1
    assert "panel_material_ui" in capsys.readouterr().err


def test_reading_the_command_line_does_not_pay_for_the_page():
    module = importlib.import_module("explorer.command")
    assert not {"pn", "panel", "serve"} & set(vars(module))
