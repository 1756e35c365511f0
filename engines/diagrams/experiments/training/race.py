"""Architectures race: two texts, one task, one price, many seeds, and what may be said."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Alike, FallsBelow, Rule
from engines.diagrams.learning.course import RaceResult
from engines.diagrams.learning.presets import PRESETS
from engines.diagrams.learning.spec import RaceSpec


def frames(spec: RaceSpec) -> Iterator[Frame | Result]:
    """The curves as they grow, and the race last."""
    from engines.diagrams.learning.racing import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """An entrant against itself, least squares, torch's counter, one network alone."""
    from engines.diagrams.learning.answers import answers

    return answers()


def _seconds(spec: RaceSpec) -> float:
    n = spec.n_seeds * (len(spec.entrants) + spec.control) + 9 * len(spec.entrants)
    return 2.0 + spec.n_steps * (n * 2.5e-4 + n * spec.batch * 2e-6)


def _tests(result: RaceResult, preset: str) -> bool:
    """Whether a run is of the entrants and the task that a preset races."""
    asked = PRESETS[preset]
    return (result.spec.entrants, result.spec.task) == (asked.entrants, asked.task)


def _loss(result: RaceResult, preset: str, name: str, step: int) -> Estimate | None:
    return result.loss(name, step) if _tests(result, preset) else None


def _difference(
    result: RaceResult, preset: str, name: str, against: str, step: int
) -> Estimate | None:
    if not _tests(result, preset):
        return None
    return result.difference(name, step, against=against)


def _claim(
    sentence: str,
    source: str,
    preset: str,
    pair: tuple[str, str],
    step: int,
    rule: Rule | None = None,
) -> Claim:
    """The first of a pair has less loss on the exam than the second, seed by seed, at a step.

    ``rule`` where something else is claimed of the difference.
    """
    ours, first = pair
    is_default = preset == next(iter(PRESETS))
    return Claim(
        sentence=sentence,
        source=source,
        figure=partial(_loss, preset=preset, name=ours, step=step),
        control=partial(_loss, preset=preset, name=first, step=step),
        difference=partial(_difference, preset=preset, name=ours, against=first, step=step),
        holds_when=rule or FallsBelow(),
        preset="" if is_default else preset,
    )


_GELU = "Hendrycks and Gimpel 2016, Gaussian Error Linear Units, arXiv 1606.08415"
_CRRELU = "Sun et al. 2024, A Method on Searching Better Activation Functions, arXiv 2405.12954"
_POLY = "Zhuo et al. 2024, Polynomial Composition Activations, arXiv 2411.03884"
_HOURGLASS = "Chen et al. 2025, Rethinking the shape convention of an MLP, arXiv 2510.01796"
_QUADRATIC = "Fan et al. 2022, quadratic networks and ReLinear, arXiv 2201.05279"
_FEEDBACK = (
    "Lillicrap et al. 2016, Random synaptic feedback weights support error backpropagation for "
    "deep learning, Nature Communications"
)
CLAIMS = (
    _claim(
        "Depth is worth more than width: of as many parameters, three narrow layers learn digits "
        "better than one wide layer.",
        "Eldan and Shamir 2016, The Power of Depth for Feedforward Neural Networks, which shows "
        "functions for which it is so",
        "Wide or deep, equal parameters",
        ("Deep", "Wide"),
        600,
    ),
    _claim(
        "GELU is ahead of ReLU after 500 steps on characters.",
        _GELU, "ReLU or GELU, 500 steps", ("GELU", "ReLU"), 500,
    ),
    _claim(
        "GELU is still ahead of ReLU after 2,000 steps on characters.",
        _GELU, "ReLU or GELU, 2,000 steps", ("GELU", "ReLU"), 2_000,
    ),
    _claim(
        "CRReLU is ahead of ReLU after 500 steps on characters.",
        _CRRELU, "CRReLU, a word of one's own", ("CRReLU", "ReLU"), 500,
    ),
    _claim(
        "CRReLU is ahead of GELU after 500 steps on characters.",
        _CRRELU, "CRReLU, a word of one's own", ("CRReLU", "GELU"), 500,
    ),
    _claim(
        "PolyReLU is ahead of ReLU after 500 steps on characters.",
        _POLY, "PolyReLU, learned powers", ("PolyReLU", "ReLU"), 500,
    ),
    _claim(
        "PolyNorm is ahead of ReLU after 500 steps on characters.",
        _POLY, "PolyNorm, 500 steps", ("PolyNorm", "ReLU"), 500,
    ),
    _claim(
        "PolyNorm is still ahead of ReLU after 2,000 steps on characters.",
        _POLY, "PolyNorm, 2,000 steps", ("PolyNorm", "ReLU"), 2_000,
    ),
    _claim(
        "PolyNorm is ahead of GELU after 500 steps on characters.",
        _POLY, "PolyNorm, 500 steps", ("PolyNorm", "GELU"), 500,
    ),
    _claim(
        "Of as many learnt numbers, an hourglass (a wide stream that narrow layers write into, its "
        "lift as drawn) cleans digits better than a usual block after 500 steps.",
        _HOURGLASS, "Hourglass, 500 steps", ("Hourglass", "Usual"), 500,
    ),
    _claim(
        "The hourglass is still ahead of the usual block after 2,500 steps.",
        _HOURGLASS, "Hourglass, 2,500 steps", ("Hourglass", "Usual"), 2_500,
    ),
    _claim(
        "A lift that stays as drawn loses nothing: of as many learnt numbers the hourglass is as "
        "good after 2,500 steps as one that learns its lift, within 0.0005.",
        f"{_HOURGLASS}; 0.0005 is our tolerance",
        "Hourglass, 2,500 steps", ("Hourglass", "Learned"), 2_500, Alike(within=0.0005),
    ),
    _claim(
        "Errors that go back through fixed random weights teach hidden layers: they are ahead of "
        "learning the last layer alone.",
        _FEEDBACK, "Which way errors go back", ("Feedback alignment", "Last layer only"), 600,
    ),
    _claim(
        "Errors that go straight from the output to every layer through fixed random weights teach "
        "hidden layers: they are ahead of learning the last layer alone.",
        "Nøkland 2016, Direct feedback alignment, arXiv 1609.01596",
        "Which way errors go back", ("Direct feedback", "Last layer only"), 600,
    ),
    _claim(
        "One layer of quadratic neurons fits a ring better than a network of two layers with more "
        "weights.",
        _QUADRATIC, "Quadratic neurons on a ring", ("Quadratic", "MLP"), 400,
    ),
    _claim(
        "One layer of quadratic neurons fits XOR better than a network of two layers with more "
        "weights.",
        _QUADRATIC, "Quadratic neurons on XOR", ("Quadratic", "MLP"), 400,
    ),
)  # fmt: skip


EXPERIMENT = Experiment(
    spec=RaceSpec,
    frames=frames,
    card=Card(
        title="Architectures race",
        claim="Two texts learn one task at one price, many seeds each: which is ahead, by how "
        "much, and at which budget; a winner without a budget and a price does not exist.",
        paper="none",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=3,
)
