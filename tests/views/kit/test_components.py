"""What the browser may tell the shared components, and what they make of it."""

from __future__ import annotations

import inspect

import pytest

from views.kit import components
from views.kit.assets import asset
from views.kit.components import Downloads, Facts, Notices, Upload, when_unlocked
from views.kit.theme import css, material, series, tokens

COMPONENTS = [
    found
    for _, found in inspect.getmembers(components, inspect.isclass)
    if found.__module__ == components.__name__
]


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: c.__name__)
def test_scripts_name_no_other_host(component):
    script = component._esm
    assert "export function render" in script
    assert "http:" not in script.replace("http://www.w3.org/", "")
    assert "https:" not in script


def test_only_the_last_twenty_notices_are_kept_and_each_has_its_own_id():
    notices = Notices()
    for k in range(30):
        notices.post(f"sentence {k}", bad=k == 29)
    assert [notice["text"] for notice in notices.notices] == [
        f"sentence {k}" for k in range(10, 30)
    ]
    assert len({notice["id"] for notice in notices.notices}) == 20
    assert [n["tone"] for n in notices.notices[-2:]] == ["plain", "bad"]


def test_facts_hear_only_the_actions_they_offer():
    heard: list[str] = []
    facts = Facts(heard.append, sections=[{"actions": [{"id": "undo", "label": "Undo"}]}, {}])
    for message in ({"id": "undo"}, {"id": "erase"}, {}, None, "undo", {"id": None}):
        facts._handle_msg(message)
    assert heard == ["undo"]


def test_a_file_is_made_when_its_button_is_pressed_and_not_before():
    asked: list[str] = []

    def save(kind: str) -> tuple[str, bytes] | None:
        asked.append(kind)
        return None if kind == "none" else (f"run.{kind}", b"1,2\n")

    saves = Downloads(save, items=[{"id": "csv", "label": "CSV"}, {"id": "none", "label": "-"}])
    assert asked == []
    sent: list[bytes] = []
    saves.param.watch(lambda event: sent.append(event.new), "content", onlychanged=False)
    for message in ({"id": "csv"}, {"id": "none"}, {"id": "exe"}, {"id": "csv"}, 3):
        saves._handle_msg(message)
    assert asked == ["csv", "none", "csv"]
    assert sent.count(b"1,2\n") == 2  # the same file twice is sent twice
    assert saves.filename == "run.csv"


def test_uploads_hand_on_bytes_once_and_pasted_text_without_a_name():
    came: list[tuple[str, bytes]] = []
    upload = Upload(lambda name, data: came.append((name, data)))
    upload.param.update(filename="own.csv", content=b"3,1,2")
    assert upload.content == b""
    upload._handle_msg({"kind": "text", "text": "4 5"})
    upload._handle_msg({"kind": "else"})
    assert came == [("own.csv", b"3,1,2"), ("", b"4 5")]


def test_without_a_page_callbacks_run_at_once():
    ran: list[int] = []
    when_unlocked(None, lambda: ran.append(1))
    assert ran == [1]


def test_what_goes_wrong_in_a_tick_goes_to_panels_handler(monkeypatch):
    import panel as pn

    ticks: list = []

    class Page:
        session_context = object()

        def add_next_tick_callback(self, callback) -> None:
            ticks.append(callback)

    def fail() -> None:
        raise RuntimeError("no caller")

    monkeypatch.setattr(pn.config, "exception_handler", None)
    when_unlocked(Page(), fail)
    with pytest.raises(RuntimeError, match="no caller"):
        ticks[0]()
    heard: list[str] = []
    monkeypatch.setattr(pn.config, "exception_handler", lambda error: heard.append(str(error)))
    ticks[0]()
    assert heard == ["no caller"]


def test_a_missing_bundled_file_says_what_to_do():
    with pytest.raises(FileNotFoundError, match="reinstall neural-explorer"):
        asset("theme/none.json")


# The theme --------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [("ink", "ground"), ("ink", "surface"), ("ink-2", "surface"), ("accent-ink", "accent")],
)
def test_text_can_be_read_on_its_ground(mode, ink, ground):
    chosen = tokens()[mode]
    assert contrast(chosen[ink], chosen[ground]) >= 4.5


def test_colours_that_stay_when_the_theme_changes_are_seen_on_both_grounds():
    for colour in series("either"):
        for mode in ("light", "dark"):
            ends = sorted(luminance(c) for c in (colour, tokens()[mode]["surface"]))
            assert (ends[1] + 0.05) / (ends[0] + 0.05) > 2, (colour, mode)
    assert len(set(series())) == len(series("light"))


def test_both_themes_have_the_same_tokens_and_as_many_series():
    light, dark = tokens()["light"], tokens()["dark"]
    assert set(light) == set(dark)
    assert len(series("light")) == len(series("dark")) == len(set(series("light")))
    for name in light:
        if name != "series":
            assert css().count(f"--nx-{name}:") == 2
    assert set(material()) == {"light", "dark"}
