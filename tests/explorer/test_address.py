"""State in the address: what a link says is what opens."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sorting.model import ALGOTYPES, PRESETS, AlgotypeShare, EnsembleSpec, SortSpec
from explorer.address import query_from_spec, session_id_from_query, spec_from_query
from explorer.asked import Address, address_from_arguments
from explorer.sessions import session_from_specs

BASE = PRESETS["Paper (2024)"]


def query(spec, base=BASE, name="sorting/run"):
    return query_from_spec(spec, base, session=session_from_specs("sorting", {name: spec}))


def specs() -> st.SearchStrategy[SortSpec]:
    shares = st.builds(
        AlgotypeShare,
        algotype=st.sampled_from(ALGOTYPES),
        parts=st.integers(1, 9),
        descending=st.booleans(),
    )
    numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False)
    own = st.lists(numbers, max_size=6) | st.lists(st.text(max_size=6), min_size=1, max_size=6)
    free = st.builds(
        SortSpec,
        n_cells=st.integers(2, 300),
        algotypes=st.lists(shares, min_size=1, max_size=3).map(tuple),
        scheduler=st.sampled_from(["burst", "uniform", "sweep", "round robin"]),
        mean_burst=st.floats(1.0, 1000.0),
        n_frozen=st.integers(0, 2),
        seed=st.integers(0, 2**64 - 1),
        dg_early_return=st.booleans(),
    )
    return free | st.builds(SortSpec, own_values=own.map(tuple))


@given(specs())
@settings(max_examples=80, deadline=None)
def test_an_address_leads_back_to_its_spec(spec):
    assert spec_from_query(query(spec), BASE) == (spec, [])


@given(specs(), st.integers(1, 1000))
@settings(max_examples=30, deadline=None)
def test_a_spec_inside_a_spec_is_carried_too(run, n_runs):
    spec, base = EnsembleSpec(run=run, n_runs=n_runs), EnsembleSpec(run=BASE)
    assert spec_from_query(query(spec, base, "sorting/ensemble"), base) == (spec, [])


def test_only_what_differs_is_in_the_address():
    assert query(BASE) == ""
    assert query(BASE.replace(seed=4, scheduler="sweep")) == "scheduler=sweep&seed=4"


def arguments(**texts: str) -> dict[str, list[bytes]]:
    return {name: [text.encode()] for name, text in texts.items()}


def test_an_address_is_taken_apart():
    found = address_from_arguments(
        arguments(
            x="ensemble", tour="own-will", step="3", view='{"cell":4}', n_cells="60", seed="1"
        )
    )
    assert found == Address(
        leaf="ensemble",
        tour="own-will",
        step=2,
        session="",
        view={"cell": 4},
        query="n_cells=60&seed=1",
    )


def test_words_of_the_app_and_of_the_server_are_no_fields():
    found = address_from_arguments(
        arguments(theme="dark", session="f" * 32, **{"bokeh-session-id": "x", "n_cells": "9"})
    )
    assert dict(parse_qsl(found.query)) == {"n_cells": "9"}
    assert found.session == "f" * 32
    assert session_id_from_query("?session=" + "f" * 32) == "f" * 32


NONSENSE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["²", "٣", "-1", "1.5", "9" * 5000, "[" * 1900, '{"a":' * 300, "NaN", "{}", "[1]", "null"]
    ),
)


@given(
    st.dictionaries(
        st.sampled_from(["x", "view", "tour", "step", "session", "n_cells"]), NONSENSE, max_size=6
    )
)
@settings(max_examples=200, deadline=None)
def test_nonsense_is_as_good_as_nothing(texts):
    found = address_from_arguments(arguments(**texts))
    assert isinstance(found.view, dict)
    assert -1 <= found.step <= 1_000_000
    spec, notes = spec_from_query(found.query, BASE)
    assert isinstance(spec, SortSpec)
    if "n_cells" not in texts:
        assert (spec, notes) == (BASE, [])


@pytest.mark.parametrize("step", ["²", "9" * 5000, "-3", "two", "", "1e3"])
def test_a_step_that_is_no_number_is_the_first(step):
    assert address_from_arguments(arguments(step=step)).step == 0


@pytest.mark.parametrize(
    "view", ["[" * 1900, '{"a":' * 300, "{", "[]", '{"at": NaN}', '{"a":1,"a":2}', '"' + "x" * 3000]
)
def test_a_selection_that_is_no_small_strict_json_is_none(view):
    assert address_from_arguments(arguments(view=view)).view == {}


def test_bytes_that_are_no_text_and_empty_lists_do_no_harm():
    found = address_from_arguments({"x": [b"\xff\xfe"], "tour": [], "n_cells": [b"\xff"]})
    assert found.tour == ""
    assert spec_from_query(found.query, BASE)[0] == BASE


def test_the_first_of_two_equal_names_counts():
    found = address_from_arguments({"n_cells": [b"5", b"6"]})
    assert spec_from_query(found.query, BASE)[0].n_cells == 5
