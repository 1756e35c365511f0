"""What a page shows before its own pictures have come: where it will stand, and a picture.

The toolkit's scripts take a second or two to load and build a page. Until its stage has drawn
something, the picture that was made with the build stands there.
"""

from __future__ import annotations

import html
from functools import lru_cache

from jinja2 import Template
from panel_material_ui import Button
from panel_material_ui.base import BASE_TEMPLATE

from engines.running import registry
from views.kit.components import stylesheet
from views.kit.esm import esm
from views.kit.stills import still
from views.kit.theme import css

_TEMPLATE = """{%% extends "base.html" %%}
{%% block loader_css %%}%(style)s{%% endblock %%}
{%% block loader %%}
<div id="loader"><div class="nx-top"></div>
<div class="nx-left"></div><div class="nx-stage"><p role="status">Opening …</p>%(stage)s</div>
<div class="nx-right"></div></div>
<script>importShim("%(toolkit)s")</script>
<script>%(begin)s</script>
{%% endblock %%}
{%% block loader_script %%}<script>%(end)s</script>{%% endblock %%}
"""


@lru_cache(maxsize=512)
def opening(name: str = "", *, first: bool = False) -> Template:
    """The page's template for the experiment ``name``; the front page's without one.

    ``first`` says that the address asks for the first preset, which is what the picture shows.
    """
    values = {
        "style": css() + stylesheet("explorer", "opening.css"),
        "stage": _stage(name, first) if name else "",
        # Asked for at once, the toolkit runs while the page's document is still on its way.
        "toolkit": Button._render_esm(server=True),
        "begin": esm("explorer", "opening.js"),
        "end": esm("explorer", "opened.js"),
    }
    return BASE_TEMPLATE.environment.from_string(_TEMPLATE % values)


def _stage(name: str, first: bool) -> str:
    title = html.escape(registry.experiment(name).card.title)
    workbench, _, leaf = name.partition("/")
    pictures = still(workbench, leaf) if first else {}
    images = [
        f'<img class="nx-still" data-theme="{theme}" alt="" src="{source}">'
        for theme, source in pictures.items()
    ]
    return f"<h1>{title}</h1>{''.join(images)}"
