"""The look, from one file of tokens: CSS variables, the Material theme and plot colours."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Literal

from views.kit.assets import asset

Mode = Literal["light", "dark"]


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The design tokens, as written in ``assets/theme/tokens.json``."""
    return json.loads(asset("theme/tokens.json").read_text(encoding="utf-8"))


def series(mode: Mode | Literal["either"] = "either") -> tuple[str, ...]:
    """Okabe-Ito colours for categories, in order, lightened for the dark theme.

    ``either`` are for plots that keep their colours when the theme changes.
    """
    return tuple(tokens()[mode]["series"])


@lru_cache(maxsize=1)
def css() -> str:
    """Every token as a CSS variable ``--nx-…``, for both themes."""
    light, dark = _variables("light"), _variables("dark")
    family, base = tokens()["type"]["family"], tokens()["type"]["base"]
    shared = f"--nx-font:{family};--nx-size:{base}px;--nx-radius:{tokens()['radius']}px;"
    return (
        f":root{{{light}{shared}}}"
        f":root[data-theme=dark],body[data-jp-theme-light=false]{{{dark}}}"
        "body{background:var(--nx-ground);color:var(--nx-ink);font-family:var(--nx-font)}"
    )


def _variables(mode: Mode) -> str:
    chosen = tokens()[mode]
    plain = {name: value for name, value in chosen.items() if isinstance(value, str)}
    plain |= {f"series-{i}": colour for i, colour in enumerate(chosen["series"])}
    return "".join(f"--nx-{name}:{value};" for name, value in plain.items())


@lru_cache(maxsize=1)
def material() -> dict[str, Any]:
    """The theme of panel-material-ui's components, light and dark."""
    return {"light": _material("light"), "dark": _material("dark")}


def _material(mode: Mode) -> dict[str, Any]:
    t = tokens()[mode]
    family = tokens()["type"]["family"]
    return {
        "palette": {
            "primary": {"main": t["accent"], "contrastText": t["accent-ink"]},
            "background": {"default": t["ground"], "paper": t["surface"]},
            "text": {"primary": t["ink"], "secondary": t["ink-2"]},
            "divider": t["line"],
            "warning": {"main": t["warning"]},
            "success": {"main": t["good"]},
        },
        "shape": {"borderRadius": tokens()["radius"]},
        "typography": {"fontFamily": family, "fontSize": tokens()["type"]["base"]},
        "components": _component_overrides(t),
    }


def _component_overrides(t: dict[str, Any]) -> dict[str, Any]:
    flat = {"boxShadow": "none", "backgroundImage": "none"}
    return {
        "MuiAppBar": {
            "styleOverrides": {
                "root": {
                    **flat,
                    "backgroundColor": t["surface"],
                    "color": t["ink"],
                    "borderBottom": f"1px solid {t['line']}",
                    "& .MuiToolbar-root": {"minHeight": "52px", "padding": "0 16px"},
                }
            }
        },
        "MuiToolbar": {"styleOverrides": {"root": {"minHeight": "52px !important"}}},
        "MuiButton": {
            "styleOverrides": {
                "root": {**flat, "textTransform": "none", "&:hover": flat, "fontSize": "13px"}
            }
        },
        "MuiToggleButton": {
            "styleOverrides": {
                "root": {
                    "textTransform": "none",
                    "fontSize": "12px",
                    "padding": "4px 6px",
                    "color": t["ink-2"],
                    "borderColor": t["line"],
                    "&.Mui-selected": {
                        "backgroundColor": t["accent-ground"],
                        "color": t["accent"],
                        "fontWeight": 600,
                    },
                }
            }
        },
        "MuiSlider": {
            "styleOverrides": {
                "root": {"height": 4},
                "rail": {"backgroundColor": t["line-strong"], "opacity": 1},
                "track": {"border": "none"},
                "thumb": {
                    "width": 14,
                    "height": 14,
                    "backgroundColor": t["surface"],
                    "border": f"3px solid {t['accent']}",
                    "boxShadow": "none",
                },
                "markLabel": {"fontSize": "11px", "color": t["ink-3"]},
            }
        },
        "MuiOutlinedInput": {
            "styleOverrides": {
                "root": {"fontSize": "13px", "backgroundColor": t["sunken"]},
                "notchedOutline": {"borderColor": t["line"]},
                "input": {"padding": "8px 12px"},
            }
        },
        "MuiFormLabel": {"styleOverrides": {"root": {"fontSize": "12px"}}},
        "MuiPaper": {"styleOverrides": {"root": flat}},
        "MuiTooltip": {
            "styleOverrides": {
                "tooltip": {
                    "backgroundColor": t["ink"],
                    "color": t["surface"],
                    "fontSize": "12px",
                    "maxWidth": "260px",
                }
            }
        },
    }
