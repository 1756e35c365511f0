"""Pages made from cards, specs and claims: they say what the app says, and cannot fall behind."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from typing import Any

from engines.contract import Experiment
from engines.running import registry
from engines.running.registry import Family
from explorer.catalogue import entries
from explorer.links import finished_workbenches
from explorer.manual.contents import pages
from views.kit.stills import still

_DEFAULT_LETTERS = 40
_HIDDEN = "hidden"
_LONG = 2**53
"""An end beyond this is the computer's, not the experiment's."""


def family_page(family: Family) -> str:
    """Every experiment of a family: picture, claim, paper, verdicts, knobs, a notebook's line."""
    told = {entry["name"]: entry for entry in entries()}
    parts = [_tag("h1", family.title), _tag("p", family.sentence, "nx-lead")]
    for name in family.members:
        parts += _experiment(name, told[name])
    return "\n".join(parts)


def home_page() -> str:
    """What there is: every workbench with its families, then the guides."""
    parts = [
        _tag("h1", "Neural Explorer, the manual"),
        _tag(
            "p",
            "How each workbench works, what every experiment shows and with which knobs, what was "
            "published and what came out here. It needs no internet.",
            "nx-lead",
        ),
    ]
    for workbench in finished_workbenches():
        rows = _families(workbench)
        title = f'<h2><a href="{workbench}.html">{_text(workbench.title())}</a></h2>'
        shown = _pictures(still(workbench), f"The {workbench} workbench")
        parts.append(
            f'<section class="nx-bench">{shown}<div>{title}<ul>{rows}</ul></div></section>'
        )
    guides = [page for page in pages().values() if page.group == "Guides"]
    rows = "".join(f'<li><a href="{p.slug}.html">{_text(p.title)}</a></li>' for p in guides)
    return "\n".join([*parts, _tag("h2", "Guides"), f"<ul>{rows}</ul>"])


def workbench_page(workbench: str) -> str:
    """The families of a workbench that has no text of its own."""
    return _tag("h1", workbench.title()) + f"<ul>{_families(workbench)}</ul>"


def _families(workbench: str) -> str:
    """Its families as items of a list, each with its sentence."""
    return "".join(
        f'<li><a href="{page.slug}.html">{_text(page.title)}</a> {_text(page.family.sentence)}</li>'
        for page in pages().values()
        if page.family is not None and page.family.workbench == workbench
    )


def _experiment(name: str, told: dict[str, Any]) -> Iterator[str]:
    experiment = registry.experiment(name)
    leaf = name.partition("/")[2]
    yield f'<h2 id="{leaf}">{_text(experiment.card.title)}</h2>'
    yield _pictures(still(*name.split("/")), f"{experiment.card.title}, as it opens")
    yield _tag("p", experiment.card.claim)
    yield f'<p class="nx-quiet">{_paper(told)} Takes {_text(told["seconds"])}.</p>'
    yield f'<p class="nx-app"><a href="../{name.replace("/", "?x=")}">Open it in the app</a></p>'
    yield _claims(told["claims"])
    yield _knobs(experiment)
    yield _presets(name, experiment)
    fields = "".join(f", {k}={v!r}" for k, v in list(experiment.default().changes().items())[:2])
    code = f'from explorer import explore\n\nexplore("{name}"{fields})'
    yield f"<pre><code>{_text(code)}</code></pre>"


def _paper(told: dict[str, Any]) -> str:
    paper = _text(told["paper"])
    if told["link"]:
        paper = f'<a href="{html.escape(told["link"])}" rel="noreferrer">{paper}</a>'
    return f"{paper}." if paper else ""


def _claims(claims: list[dict[str, str]]) -> str:
    if not claims:
        return ""
    rows = [
        (
            _text(claim["sentence"]),
            _text(claim["source"]),
            f'<b class="nx-{claim.get("tone", "plain")}">{_text(claim.get("says", "run it"))}</b>',
        )
        for claim in claims
    ]
    return _table(("Claim", "Source", "Here"), rows)


def _knobs(experiment: Experiment) -> str:
    schema = experiment.spec.model_json_schema()
    rows, standard = [], experiment.default().model_dump(mode="json")
    for name, field in schema["properties"].items():
        if field.get("widget") == _HIDDEN:
            continue
        label = f"{_text(field.get('title', name))} <code>{_text(name)}</code>"
        unit = f" {field['unit']}" if field.get("unit") else ""
        rows.append(
            (
                label,
                _text(_short(standard[name]) + unit),
                _text(_range(field)),
                _text(field.get("description", "")),
            )
        )
    table = _table(("Knob", "At first", "From, to", "What it does"), rows)
    return f"<details><summary>{len(rows)} knobs</summary>{table}</details>"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _DEFAULT_LETTERS else text[: _DEFAULT_LETTERS - 1] + "…"


def _range(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    if high is not None and high > _LONG:
        return f"from {low:,}"
    ends = (f"{end:,}" if end is not None else "…" for end in (low, high))
    return " to ".join(ends)


def _presets(name: str, experiment: Experiment) -> str:
    from explorer.palette import preset_address

    if len(experiment.presets) < 2:
        return ""
    links = ", ".join(
        f'<a class="nx-app" href=".{html.escape(preset_address(name, title))}">{_text(title)}</a>'
        f'<span class="nx-file">{_text(title)}</span>'
        for title in experiment.presets
    )
    return f"<p>Presets: {links}.</p>"


def _pictures(found: dict[str, str], alt: str) -> str:
    return "".join(
        f'<img class="nx-still nx-{theme}" alt="{html.escape(alt)}" src="{source}">'
        for theme, source in found.items()
    )


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th>{_text(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _tag(tag: str, text: str, css: str = "") -> str:
    return f"<{tag}{f' class={css}' if css else ''}>{_text(text)}</{tag}>"


def _text(text: str) -> str:
    return html.escape(text)
