"""The top bar's messages."""

from __future__ import annotations

import pytest

from explorer.header import Header


def test_messages_of_the_browser_are_handed_on():
    heard: list[dict] = []
    header = Header(heard.append)
    header._handle_msg({"kind": "help"})
    header._handle_msg({"kind": "open", "text": "{}"})
    assert heard == [{"kind": "help"}, {"kind": "open", "text": "{}"}]


@pytest.mark.parametrize("message", [None, 3, "help", ["help"]])
def test_what_is_no_message_is_passed_over(message):
    heard: list[dict] = []
    Header(heard.append)._handle_msg(message)
    assert heard == []


def test_the_engine_starts_and_there_is_something_to_share():
    header = Header(lambda _message: None)
    assert header.engine["text"] == "engine starting"
    assert header.can_share
    assert header.file == {}
