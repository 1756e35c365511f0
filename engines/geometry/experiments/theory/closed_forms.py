"""Closed forms beside draws: sparse codes, linear attention as a memory, random deep layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtMost, Near
from engines.geometry.closed_forms.spec import WITHIN, ClosedFormsSpec

if TYPE_CHECKING:
    from engines.geometry.closed_forms.result import ClosedFormsRun


def frames(spec: ClosedFormsSpec) -> Iterator[Frame | Result]:
    """A frame per group of draws, and the run last."""
    from engines.geometry.closed_forms.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Counts, identities and moments."""
    from engines.geometry.closed_forms.answers import closed_form_answers

    return closed_form_answers()


_AT_FIRST = ("n_cells", "n_active", "n_synapses", "threshold")
_AHMAD = "Ahmad & Hawkins 2016, arXiv 1601.00720"


def _sparse(run: ClosedFormsRun) -> bool:
    """Whether codes are those of the claim about rareness, whose floor is for them alone."""
    first = ClosedFormsSpec()
    return all(getattr(run.spec, name) == getattr(first, name) for name in _AT_FIRST)


CLAIMS = (
    Claim(
        "Random patterns match a segment as often as the hypergeometric law says.",
        figure=lambda run: run.match_ratio(),
        control=lambda run: run.independent_ratio(),
        holds_when=Near(within=0.05),
        source=f"{_AHMAD}; the control takes synapses for independent",
        published=1.0,
    ),
    Claim(
        "In a layer twice as large with as many active cells, a tenth of the matches is left.",
        figure=lambda run: run.rarer("twice the cells") if _sparse(run) else None,
        control=lambda run: run.rarer("twice, as dense"),
        holds_when=AtMost(0.1),
        source=f"after {_AHMAD}; a tenth is our floor",
    ),
    Claim(
        "Linear attention recalls a value with an error of (N - 1) / d, N items in d dimensions.",
        figure=lambda run: run.crowded("keys at random"),
        control=lambda run: run.crowded("keys of whole bases"),
        holds_when=Near(within=0.05),
        source="closed form; attention as conditioning",
        published=1.0,
    ),
    Claim(
        "A memory that corrects its errors recalls as many items as dimensions without one.",
        figure=lambda run: run.full("errors corrected"),
        control=lambda run: run.full("keys at random"),
        holds_when=AtMost(1e-6),
        source="after Rescorla & Wagner 1972",
    ),
    Claim(
        "The length of a signal in linear layers spreads as (1 + 2 / n)^L - 1.",
        figure=lambda run: run.spread_ratio(),
        control=lambda run: run.first_order_ratio(),
        holds_when=Near(within=WITHIN),
        source="Roberts, Yaida & Hanin 2021, arXiv 2106.10165; the control is 2 L / n",
        published=1.0,
    ),
    Claim(
        "ReLU layers keep a signal's mean length at C = 2.",
        figure=lambda run: run.kept(2.0),
        control=lambda run: run.nearly_kept(),
        holds_when=Near(within=WITHIN),
        source="Roberts, Yaida & Hanin 2021; the control is C = 1.9",
        published=1.0,
    ),
)


def _seconds(spec: ClosedFormsSpec) -> float:
    per_group = spec.n_draws * spec.depth * spec.width**2 * 4.5e-8
    patterns = 100.0 * spec.n_draws * (5 * spec.n_cells) * 3e-9
    return 0.5 + spec.n_groups * (per_group + patterns)


EXPERIMENT = Experiment(
    spec=ClosedFormsSpec,
    frames=frames,
    card=Card(
        title="Closed forms and chance",
        claim="Lines are formulas, dots are draws: how often sparse codes match by chance, what a "
        "linear memory confuses, and how deep random layers stretch a signal.",
        paper="Ahmad & Hawkins 2016; Roberts, Yaida & Hanin 2021, The principles of deep learning "
        "theory",
        link="https://arxiv.org/abs/2106.10165",
        related=("geometry/attention_memory", "geometry/generalisation"),
    ),
    presets={
        "As measured": ClosedFormsSpec(),
        "Dense codes": ClosedFormsSpec(n_active=60, n_synapses=20, threshold=8),
        "Few dimensions": ClosedFormsSpec(n_dimensions=16),
        "Many draws": ClosedFormsSpec(n_groups=50, n_draws=500),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=62,
)
