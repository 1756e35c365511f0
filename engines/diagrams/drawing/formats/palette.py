"""Colours of exported pictures; in the page the theme's own variables take their place.

Hues are those of Okabe and Ito, softened to grounds; every pair keeps its order in grey.
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "ground": "#FFFFFF",
    "ink": "#1C2127",
    "quiet": "#5A6472",
    "wire": "#1C2127",
    "label": "#1C2127",
    "accent": "#3B5BDB",
    "learn": "#E3E9E6",
    "norm": "#FBE3E3",
    "soft": "#D3EADD",
    "window": "#CFE8F7",
    "view": "#F9DCC4",
    "solid": "#DCD6F7",
    "side": "#BDB2EE",
    "opaque": "#E4E6E9",
    "fence-0": "#F3F1FA",
    "fence-1": "#E9F2F8",
    "fence-2": "#FBF3E4",
    "fence-line": "#D5D2E4",
    "plus": "#D55E00",
    "minus": "#0072B2",
    "loose": "#D3DAE2",
}
DARK: dict[str, str] = {
    "ground": "#181C21",
    "ink": "#E7EAEE",
    "quiet": "#A2ABB7",
    "wire": "#D5DAE0",
    "label": "#E7EAEE",
    "accent": "#8FA4FF",
    "learn": "#2C3A36",
    "norm": "#47292D",
    "soft": "#1F4234",
    "window": "#1E3D50",
    "view": "#4A3524",
    "solid": "#3B3560",
    "side": "#554C8A",
    "opaque": "#343A42",
    "fence-0": "#20222E",
    "fence-1": "#1D2830",
    "fence-2": "#2A2720",
    "fence-line": "#3A3D4F",
    "plus": "#FF9A4D",
    "minus": "#5BB4F0",
    "loose": "#39424D",
}
FONT = "'STIX Two Text','Latin Modern Roman','Cambria','Liberation Serif','Times New Roman',serif"
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"

# One rule per group of roles, whatever its length.
# ruff: noqa: E501
LOOK = """
.wire,.scalar,.thin,.dash,.double,.between,.hollow,.ring,.bracket,.stop,.bar,.trapezoid,.box{fill:none;stroke:var(--d-wire);stroke-width:1.3}
.double{stroke-width:4.6}.between{stroke:var(--d-ground);stroke-width:2}
.scalar{stroke-dasharray:1 3}.dash{stroke-dasharray:6 4;stroke:var(--d-quiet);stroke-width:1.1}
.dot,.tip,.head{fill:var(--d-wire);stroke:none}.bar{stroke-width:5;stroke-linecap:butt}
.hollow,.ring{fill:var(--d-ground)}.bracket{stroke-width:2.2;stroke:var(--d-ink)}
.box{fill:var(--d-ground);stroke-width:1.6}.box.opaque{fill:var(--d-opaque);stroke-dasharray:5 3}.trapezoid{fill:var(--d-window)}.box.conv{fill:var(--d-ground);stroke-width:2}
.tag{fill:var(--d-accent);stroke:none}.front{fill:var(--d-solid);stroke:var(--d-ink);stroke-width:1.2}
.side{fill:var(--d-side);stroke:var(--d-ink);stroke-width:1.2}.touch{fill:transparent}
.tint{fill:var(--d-learn)}.tint.softmax,.tint.topk{fill:var(--d-soft)}.tint.norm{fill:var(--d-norm)}
.tint.conv,.tint.pool,.tint.window{fill:var(--d-window)}.tint.view,.tint.concat{fill:var(--d-view)}
.fence{stroke:var(--d-fence-line);stroke-width:1}.depth-0{fill:var(--d-fence-0)}.depth-1{fill:var(--d-fence-1)}.depth-2{fill:var(--d-fence-2)}
text{font-family:var(--d-font);fill:var(--d-ink);font-style:italic;font-size:15px}
.axis,.group{fill:var(--d-label);font-size:15px}.group{font-weight:700}.value{font-size:19px}.equation{font-size:30px;font-style:normal}
.learned{font-weight:700;font-style:normal;font-size:24px}.mark{font-size:12px}.symbol,.pointwise{font-size:16px}
.small{font-size:10px;font-style:normal}.star{font-size:15px;font-style:normal}.factor{font-size:14px}
.title,.count,.note{font-family:var(--d-sans);font-style:normal;font-size:12.5px}.count{font-size:13px;font-weight:600}.note{font-size:11.5px;fill:var(--d-quiet)}
.memory,.note-box{fill:var(--d-fence-2);stroke:var(--d-fence-line);stroke-width:1}.leader{fill:none;stroke:var(--d-quiet);stroke-width:1;stroke-dasharray:2 3}
.index{fill:var(--d-ground)}
.strip{fill:var(--d-ground);stroke:var(--d-fence-line);stroke-width:1}.strip-name{font-size:13px}.strip-range{font-family:var(--d-sans);font-style:normal;font-size:9.5px;fill:var(--d-quiet)}
.heat{shape-rendering:crispEdges;pointer-events:none}
.heat.loose{fill:var(--d-loose)}.heat.tight{fill:var(--d-minus)}.heat.seen{fill:var(--d-plus)}.heat.zero{fill:var(--d-quiet)}
.course{fill:none;stroke:var(--d-minus);stroke-width:1.7;pointer-events:none}.course.back{stroke:var(--d-plus)}.course.seed{stroke-width:.7;stroke-opacity:.4}
.course-head{font-size:15px}.course-text{font-family:var(--d-sans);font-style:normal;font-size:12.5px;fill:var(--d-quiet)}
.picked.wire,.picked.double{stroke:var(--d-accent);stroke-width:2.2}.picked.tint{stroke:var(--d-accent)}text.picked,.head.picked{fill:var(--d-accent)}
.vanished.wire,.vanished.double{stroke:var(--d-plus)}.vanished.tint{fill:var(--d-norm)}text.vanished{fill:var(--d-plus)}
.heat.plus{fill:var(--d-plus)}.heat.minus{fill:var(--d-minus)}.heat.lost{fill:var(--d-quiet)}
"""


def variables(colours: dict[str, str]) -> str:
    """The colours as CSS variables."""
    return "".join(f"--d-{name}:{value};" for name, value in colours.items())
