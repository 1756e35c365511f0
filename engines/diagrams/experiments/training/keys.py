"""Keys that are drawn: attention to a quarter in learning, eight draws that vote in the exam."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtLeast, Exceeds
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.keys.asked import DRAWN, DROPPED, EIGHT, EVERY, ONE, WHOLE, KeysSpec
from engines.diagrams.keys.results import KeysResult

_PAPER = (
    "Hussain et al. 2023, The information pathways hypothesis: transformers are dynamic "
    "self-ensembles, arXiv 2306.01705"
)
_POINTS = 0.03


def frames(spec: KeysSpec) -> Iterator[ArmsFrame | KeysResult]:
    """Shares right as they change, and the comparison last."""
    from engines.diagrams.keys.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Torch's attention, keys gathered, bills by hand, counts."""
    from engines.diagrams.keys.answers import answers

    return answers()


def _told(run: KeysResult) -> bool:
    """Whether it is at least the steps and the keys that claims are about, with nothing broken."""
    spec = run.spec
    return (
        spec.n_drawn == 4 and spec.draw == "for each picture" and not spec.never
        and spec.n_steps >= 150
        and spec.n_layers == 1 and spec.n_heads >= 2 and 1e-3 <= spec.learning_rate <= 0.01
    )  # fmt: skip


def _spared(run: KeysResult) -> Estimate:
    said = "the bill of the drawn network"
    return Estimate.exact("share of attention's FLOPs spared in a step", run.spared, said)


def _right(
    sentence: str,
    one: tuple[str, str],
    other: tuple[str, str],
    rule: Exceeds | Alike,
    source: str = _PAPER,
) -> Claim:
    """Of share right of an arm in an exam, against another."""
    return Claim(
        sentence,
        figure=lambda run: run.right(*one) if _told(run) else None,
        control=lambda run: run.right(*other),
        difference=lambda run: run.apart(one, other),
        holds_when=rule,
        source=source,
    )


CLAIMS = (
    Claim(
        "A quarter of the keys spares two fifths of attention's FLOPs or more in every step.",
        figure=lambda run: _spared(run) if _told(run) else None,
        control=lambda _: Estimate.exact(
            "spared where weights are dropped", 0.0, "they are computed first"
        ),
        holds_when=AtLeast(0.4),
        source=_PAPER,
    ),
    _right("Eight draws that vote read more than one draw.", (DRAWN, EIGHT), (DRAWN, ONE),
           Exceeds()),
    _right("They read as much as networks that had all keys in learning and in the exam, within "
           "three points.", (DRAWN, EIGHT), (WHOLE, EVERY), Alike(_POINTS),
           f"{_PAPER}; three points are our tolerance"),
    _right("Eight draws of keys read more than eight draws of weights dropped at the same rate.",
           (DRAWN, EIGHT), (DROPPED, EIGHT), Exceeds(), "a control of ours"),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=KeysSpec,
    frames=frames,
    card=Card(
        title="Keys that are drawn",
        claim="In learning, attention sees a quarter of the keys, drawn anew in each layer, which "
        "spares FLOPs; in the exam eight draws vote. Beside it all keys, all keys for the last "
        "tenth of the steps, and weights of attention dropped at the same rate.",
        paper="Hussain, Zaki and Subramanian 2023, The information pathways hypothesis: "
        "transformers are dynamic self-ensembles",
        link="https://arxiv.org/abs/2306.01705",
        related=("diagrams/filters", "diagrams/lengths"),
    ),
    presets={
        "A quarter of 16 keys": KeysSpec(),
        "Four patches never a key": KeysSpec(never=(6, 7, 10, 11)),
        "Two layers, four heads, 400 steps": KeysSpec(n_layers=2, n_heads=4, n_steps=400,
                                                      learning_rate=0.003),
        "One draw for all of a step": KeysSpec(draw="for all of a step"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.5 + spec.n_steps * spec.n_nets * spec.n_layers * spec.n_heads * 1.6e-3,
    order=150,
)  # fmt: skip
