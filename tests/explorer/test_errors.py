"""The page's own errors: sentences for people, numbers for the log."""

from __future__ import annotations

import logging
import re

import pytest

from engines.contract import InputError
from explorer.errors import page_or_sentence, sentence_from_error


def test_an_error_for_users_speaks_for_itself(caplog):
    assert sentence_from_error(InputError("The file is empty.")) == "The file is empty."
    assert caplog.records == []


def test_any_other_error_is_a_number_whose_details_are_in_the_log(caplog):
    secret = "/home/me/secret.csv"
    with caplog.at_level(logging.ERROR, "explorer"):
        said = sentence_from_error(OSError(secret))
    assert secret not in said
    number = re.search(r"error ([0-9a-f]{8})", said)
    (record,) = caplog.records
    assert number
    assert number[1] in record.getMessage()
    assert secret in str(record.exc_info)


@pytest.mark.parametrize(
    ("error", "said"),
    [(InputError("<b>No</b>."), "&lt;b&gt;No&lt;/b&gt;."), (KeyError("x"), "Something in the app")],
)
def test_a_page_that_cannot_be_built_is_a_page_with_the_sentence(error, said):
    def build():
        raise error

    pane = page_or_sentence(build)()
    assert said in pane.object


def test_a_page_that_can_be_built_is_left_alone():
    assert page_or_sentence(lambda: 7)() == 7
