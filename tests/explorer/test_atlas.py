"""The Atlas: every experiment, all of what is known about it, as a page without a session."""

from __future__ import annotations

import dataclasses
import json
import re
from types import SimpleNamespace

from engines.contract.claims import AtLeast, Claim, Estimate
from engines.running import registry
from explorer import catalogue
from explorer.atlas import atlas_page
from explorer.catalogue import entries
from explorer.header import Header
from explorer.plain import plain_page
from explorer.related import everything


def test_every_experiment_has_its_entry_with_all_that_is_known():
    found = {entry["name"]: entry for entry in entries()}
    assert tuple(found) == tuple(
        name for w in registry.workbenches() for f in registry.families(w) for name in f.members
    )
    assert set(found) == set(everything())
    for name, entry in found.items():
        experiment = registry.experiment(name)
        assert (entry["title"], entry["claim"]) == (experiment.card.title, experiment.card.claim)
        assert entry["href"] == f"./{name.replace('/', '?x=')}"
        assert entry["family"].replace(" ", "_").lower() == registry.family_of(name)
        assert re.search(r"\bs\b|second|not timed", entry["seconds"])
        assert entry["link"] in ("", experiment.card.link)


def test_knobs_presets_and_docstrings_are_searched_too():
    words = {entry["name"]: set(entry["words"].split()) for entry in entries()}
    # "Mean burst" is a knob, "chimera" a preset, "Okabe" stands nowhere.
    assert {"burst", "frozen"} <= words["sorting/run"]
    assert "okabe" not in words["sorting/run"]
    for name, found in words.items():
        for field in registry.experiment(name).spec.model_fields.values():
            assert set(re.findall(r"[^\W_]{3,}", (field.title or "").lower())) <= found


def claim(level: float, value: float) -> Claim:
    def figure(_result: object) -> Estimate:
        return Estimate("a share", value, value - 0.1, value + 0.1, n=7, unit="runs")

    return Claim(f"at least {level}", figure, lambda _result: None, AtLeast(level), "Nobody 2000")


def test_a_claim_has_its_verdict_where_a_result_came_with_the_build(monkeypatch):
    real = registry.experiment("sorting/grid")
    claims = (claim(0.2, 0.5), claim(0.9, 0.5), claim(0.5, 0.5))
    told = dataclasses.replace(real, claims=claims)
    monkeypatch.setattr(catalogue.shipped, "find", lambda _name, _spec: None)
    without = catalogue._claims("sorting/grid", told)
    assert [row.get("says") for row in without] == [None, None, None]
    first = SimpleNamespace(result=None)
    monkeypatch.setattr(catalogue.shipped, "find", lambda _name, _spec: first)
    found = catalogue._claims("sorting/grid", told)
    assert [row["says"] for row in found] == [
        "holds",
        "differs",
        "no difference seen at n = 7 runs",
    ]
    assert [row["tone"] for row in found] == ["good", "warning", "plain"]
    assert {row["source"] for row in found} == {"Nobody 2000"}


def test_no_text_of_an_entry_ends_the_script_it_stands_in():
    bad = "</script><script>alert(1)</script><!-- & \u2028"
    page = plain_page("A <title> & more", [("top", Header, {"links": [{"title": bad}]})])
    assert "<title>A &lt;title&gt; &amp; more</title>" in page
    assert page.count("<script") == page.count("</script>") == 1
    assert json.dumps(bad)[1:12] not in page


def test_the_page_holds_header_and_list():
    page = atlas_page()
    assert page.count('<script type="module">') >= 2
    assert "Plateau and jump" in page


def test_the_page_lists_runs_that_go_on_and_leads_to_them():
    run = {"id": "1", "title": "Phase diagram", "sentence": "running", "fraction": 0.5,
           "href": "geometry?x=phase", "active": True}  # fmt: skip
    assert '"href": "geometry?x=phase"' in atlas_page([run])
