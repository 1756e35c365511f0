"""The manual: every page, every experiment and every link of it, as it is served and as files."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest

from engines.running import registry
from explorer.app import patterns
from explorer.help import Help
from explorer.manual import contents, site
from explorer.manual.contents import HOME, manual_address, manual_links, pages
from explorer.manual.made import workbench_page
from explorer.manual.rendering import html_from_markdown
from explorer.palette import known
from explorer.settings import Demo


class Seen(HTMLParser):
    """Addresses, anchors, pictures and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.sources: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag in ("img", "script", "link") and (source := given.get("src") or given.get("href")):
            self.sources.append(source)

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manual")
    assert site.write(folder, io.StringIO()) == 0
    return {path.stem: Seen(path.read_text(encoding="utf-8")) for path in folder.iterdir()}


def test_every_link_inside_leads_somewhere(written):
    assert set(written) == set(pages())
    for name, page in written.items():
        for link in page.links:
            if link.startswith(("https://", "http://", "..", "./..")):
                continue
            target, _, anchor = link.partition("#")
            there = written.get(target.removesuffix(".html") or name)
            assert there is not None, (name, link)
            assert not anchor or anchor in there.ids, (name, link)


def test_nothing_is_loaded_from_elsewhere(written):
    for page in written.values():
        assert all(source.startswith("data:") for source in page.sources)


def test_every_experiment_is_told_with_its_claims_and_knobs(written):
    for workbench in registry.workbenches():
        for family in registry.families(workbench):
            if not family.members:
                continue
            page = written[f"{workbench}-{family.name.replace('_', '-')}"]
            said = " ".join(page.words)
            for name in family.members:
                experiment = registry.experiment(name)
                assert name.partition("/")[2] in page.ids
                assert experiment.card.claim in said
                assert all(claim.sentence in said for claim in experiment.claims)
                knobs = experiment.spec.model_json_schema()["properties"].values()
                shown = [k for k in knobs if k.get("widget") != "hidden"]
                assert all(k["title"] in said for k in shown if "title" in k)


def test_in_the_app_it_leads_back_to_the_experiments():
    page = Seen(site.page_text("sorting-arrays", in_app=True))
    assert "../sorting?x=run" in page.links
    assert any(link.startswith("../sorting?x=run&preset=") for link in page.links)


def test_markup_in_a_text_is_text():
    made = html_from_markdown("a <img src=x onerror=fire()> [b](javascript:fire())", "docs/x.md")
    assert "<img" not in made
    assert "javascript:" not in Seen(made).links


def test_a_link_to_code_is_words_and_one_to_a_page_is_its_address():
    made = html_from_markdown(
        "[code](../engines/lab/__init__.py) [trust](trust.md#sessions) `[x](y.md)`", "docs/x.md"
    )
    assert Seen(made).links == ["trust.html#sessions"]
    assert "code trust" in " ".join(Seen(made).words)[:40].replace("  ", " ")


def test_a_demo_has_none(monkeypatch):
    monkeypatch.setattr("explorer.demo._demo", Demo())
    assert manual_address() == ""
    assert not [pattern for pattern in patterns(object()) if "manual" in pattern[0]]
    help_ = Help(object(), "me")
    help_.toggle()
    assert "Manual" not in [s.get("title") for s in help_.facts.sections]


def test_where_texts_are_missing_pages_are_made_from_cards(monkeypatch):
    monkeypatch.setattr(contents, "_ROOTS", ())
    found = contents.pages.__wrapped__()
    assert not [page for page in found.values() if page.file]
    assert "sorting" in found
    assert "Arrays" in workbench_page("sorting")


def test_help_and_the_palette_lead_to_it():
    assert manual_links("sorting")[0][1] == "./manual/sorting.html"
    assert manual_links()[0][1] == f"./manual/{HOME}.html"
    help_ = Help(object(), "me", "sorting")
    help_.toggle()
    titles = [section.get("title") for section in help_.facts.sections]
    assert "Manual" in titles
    assert re.search(r'\["manual", "Glossary", "Guides", "\./manual/glossary\.html"\]', known())
