"""Activations kept in few bits for the way back: with classes of slopes, and without."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtLeast, Exceeds
from engines.diagrams.arms.looks import finite_mean, finite_pairs
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.saving.asked import (
    ALONE,
    BYTES,
    CLASSES,
    COSINE,
    FULL,
    FUNCTIONS,
    N_HIDDEN,
    N_LAYERS,
    RIGHT,
    SavingSpec,
)

_PAPER = (
    "Jin et al. 2025, Structure-activation synergy: a dual efficiency framework for "
    "parameter-memory optimized transfer learning (S2A), arXiv 2503.08154"
)
_RELU = FUNCTIONS[0]


def frames(spec: SavingSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """Gradients and shares right as they change, and the comparison last."""
    from engines.diagrams.saving.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Codes, cuts, slopes, bytes."""
    from engines.diagrams.saving.answers import answers

    return answers()


def _told(run: ArmsResult) -> bool:
    """Whether it has learnt for as long as the claims are about, with the bits of the paper."""
    spec = run.spec
    assert isinstance(spec, SavingSpec)
    return spec.bits == 4 and spec.n_steps >= 200 and 1e-3 <= spec.learning_rate <= 0.01


def _ratio(run: ArmsResult, arm: str) -> Estimate:
    """Bytes of 32 bits over those of an arm, the function of which it is least: a count."""
    looks = run.looks
    least = min(
        float(np.nanmax(looks.at(BYTES, FULL, name)) / np.nanmax(looks.at(BYTES, arm, name)))
        for name in FUNCTIONS
        if np.isfinite(looks.at(BYTES, arm, name)).any()
    )
    return Estimate.exact(
        f"bytes in 32 bits over bytes, {arm}", least, "counted by autograd's hooks"
    )


def _without_classes(run: ArmsResult) -> Estimate:
    """Inputs of linear maps in four bits as well, but 32 bits of what functions hold; by hand."""
    looks, n_units = run.looks, N_LAYERS * N_HIDDEN
    inputs = float(np.nanmax(looks.at(BYTES, CLASSES, _RELU))) - n_units / 8
    least = min(float(np.nanmax(looks.at(BYTES, FULL, name))) for name in FUNCTIONS)
    return Estimate.exact(
        "bytes in 32 bits over bytes, few bits for linear maps and 32 for functions",
        least / (inputs + 4 * n_units), "by hand from those counted",
    )  # fmt: skip


def _cosines(run: ArmsResult, arm: str) -> Estimate | None:
    """Of each network, the function for which it is lowest."""
    both = np.min([run.looks.at(COSINE, arm, name) for name in FUNCTIONS], axis=0)
    return finite_mean(both, f"cosine with the gradient from 32 bits, {arm}")


def _right(run: ArmsResult, arm: str) -> np.ndarray:
    """float64[net]: share right, mean of both functions."""
    return np.mean([run.looks.at(RIGHT, arm, name) for name in FUNCTIONS], axis=0)


CLAIMS = (
    Claim(
        "What is kept takes a third of the memory or less.",
        figure=lambda run: _ratio(run, CLASSES) if _told(run) else None,
        control=_without_classes,
        holds_when=AtLeast(3.0),
        source=_PAPER,
    ),
    Claim(
        "Gradients have a cosine of .99 or more with those from 32 bits.",
        figure=lambda run: _cosines(run, CLASSES) if _told(run) else None,
        control=lambda run: _cosines(run, ALONE),
        holds_when=AtLeast(0.99),
        source=_PAPER,
    ),
    Claim(
        "Gradients of ReLU networks are nearer to those from 32 bits, at the same weights, than "
        "where four bits are kept of everything: 160 bytes for an example, 184 with classes.",
        figure=lambda run: run.looks.mean(COSINE, CLASSES, _RELU) if _told(run) else None,
        control=lambda run: run.looks.mean(COSINE, ALONE, _RELU),
        difference=lambda run: run.looks.apart(COSINE, CLASSES, ALONE, _RELU, run.seed),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "Networks that learn from what they kept in few bits read as much, within a point.",
        figure=lambda run: finite_mean(_right(run, CLASSES), f"{RIGHT}, {CLASSES}")
        if _told(run) else None,
        control=lambda run: finite_mean(_right(run, FULL), f"{RIGHT}, {FULL}"),
        difference=lambda run: finite_pairs(
            _right(run, FULL), _right(run, CLASSES), f"{RIGHT}, {CLASSES} less {FULL}", run.seed
        ),
        holds_when=Alike(0.01),
        source=f"{_PAPER}; a point is our tolerance",
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=SavingSpec,
    frames=frames,
    card=Card(
        title="Kept in four bits",
        claim="The way back needs what the way forward held. Inputs of linear maps are kept in "
        "four bits, of a ReLU one bit that says its slope, of a GELU which of sixteen slopes; "
        "beside it networks that keep 32 bits, and such as keep four of everything.",
        paper="Jin, Du, Wang, Xu and Luo 2025, Structure-activation synergy: a dual efficiency "
        "framework for parameter-memory optimized transfer learning",
        link="https://arxiv.org/abs/2503.08154",
    ),
    presets={
        "Digits, four bits": SavingSpec(),
        "Two bits": SavingSpec(bits=2),
        "One bit": SavingSpec(bits=1),
        "Letters, four bits, 600 steps": SavingSpec(task="letters", n_steps=600),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_steps * spec.n_nets * 3e-3,
    order=130,
)
"""Kept in few bits: linear maps their inputs, functions the class of their slope."""
