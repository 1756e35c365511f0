"""What users are told when the app itself breaks: a sentence with a number, never a traceback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from engines.contract import ExplorerError
from views.kit.text import notify, sentence_pane

_log = logging.getLogger("explorer")
_SURPRISE = "Something in the app went wrong and this step was not done; the rest still works."


def sentence_from_error(error: BaseException) -> str:
    """Log the traceback under a number and say in a sentence what the user needs to know.

    Errors that are meant for users speak for themselves; all others share one sentence.
    """
    if isinstance(error, ExplorerError):
        return str(error)
    number = secrets.token_hex(4)
    _log.error("error %s", number, exc_info=error)
    return f"{_SURPRISE} To report it, give error {number}, whose details are in the log."


def report(error: BaseException) -> None:
    """Tell the user of this session; panel calls it for errors in callbacks."""
    notify(sentence_from_error(error), "error")


def page_or_sentence(page: Callable[[], Any]) -> Callable[[], Any]:
    """The page, or a page with the sentence when building it fails."""

    @wraps(page)
    def safe_page() -> Any:
        try:
            return page()
        except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
            return sentence_pane(sentence_from_error(error))

    return safe_page
