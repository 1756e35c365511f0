"""Through a transformer: the logit lens, and one place of a run put into another run."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds
from engines.geometry.transformers.patching import (
    BY_HAND,
    FIRST,
    FREE,
    LABEL,
    OTHER_LABEL,
    QUERY,
    SECOND,
    PatchingSpec,
)


def frames(spec: PatchingSpec) -> Iterator[Frame | Result]:
    """The learning, and the run last."""
    from engines.geometry.transformers.patching_run import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Weights by hand, a place put at itself, all places put in."""
    from engines.geometry.transformers.patching_answers import patching_answers

    return patching_answers()


CLAIMS = (
    Claim(
        "The answer waits at the label until layer 2: put there after layer 1, it comes along.",
        figure=lambda run: run.comes_along((FIRST, LABEL), (FIRST, LABEL)),
        control=lambda run: run.comes_along((FIRST, OTHER_LABEL), (FIRST, OTHER_LABEL)),
        difference=lambda run: run.more(
            ((FIRST, LABEL), (FIRST, LABEL)), ((FIRST, OTHER_LABEL), (FIRST, OTHER_LABEL))
        ),
        holds_when=Exceeds(),
        source="after Meng et al. 2022, arXiv 2202.05262, activation patching",
    ),
    Claim(
        "The logit lens reads the answer at the query after layer 2 and not before.",
        figure=lambda run: run.read(SECOND, QUERY),
        control=lambda run: run.read(FIRST, QUERY),
        difference=lambda run: run.later(QUERY, SECOND, FIRST),
        holds_when=Exceeds(by=0.3),
        source="after nostalgebraist 2020, the logit lens; 0.3 is our bound",
    ),
)


def _seconds(spec: PatchingSpec) -> float:
    learnt = 0 if spec.learns == BY_HAND else spec.n_steps * (8e-3 + 1e-3 * spec.n_seeds)
    return 1.0 + learnt + spec.n_networks * (0.3 + spec.n_sequences * 3e-3)


EXPERIMENT = Experiment(
    spec=PatchingSpec,
    frames=frames,
    card=Card(
        title="Through a transformer",
        claim="Click where to take from, click where to put it: how much of the answer comes "
        "along? Beside it what the last readout sees at every level.",
        paper="Meng et al. 2022, Locating and editing factual associations in GPT",
        link="https://arxiv.org/abs/2202.05262",
        related=("geometry/induction",),
    ),
    presets={
        "One head held": PatchingSpec(),
        "Weights by hand": PatchingSpec(learns=BY_HAND),
        "Attention only": PatchingSpec(wide=False),
        "Nothing held": PatchingSpec(learns=FREE, n_steps=900),
        "Before any learning": PatchingSpec(n_steps=0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=48,
)
