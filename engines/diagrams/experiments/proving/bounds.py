"""Bounds on every wire: the least and largest number of each for all inputs of a box, drawn."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtMost, Exceeds
from engines.diagrams.reaching.asked import BoundsSpec
from engines.diagrams.reaching.bands import LINES, SEEN
from engines.diagrams.reaching.results import BoundsFrame, BoundsResult

_CROWN = "Zhang et al. 2018, CROWN, arXiv 1811.00866"
DEEP = """def Deep(x: b p) -> b c
  size h = 16
  u: b h = Linear+[In](x)
  block Layer x3: u -> z
    r: b h = relu(u)
    z: b h = Linear+[Map, h -> h](r)
  e: b h = relu(z)
  y: b c = Linear+[Out](e)
"""
PICTURE = """def Picture(x: b k r s) -> b c
  size f = 6
  size g = 16
  u: b f p q = Conv+[r s -> p q, k -> f, kernel=3, stride=2](x)
  a: b f p q = relu(u)
  v: b g = Linear+[Mix](a)
  d: b g = relu(v)
  y: b c = Linear+[Out](d)
"""
GATE = """def Gate(x: b d) -> b e
  size h = 12
  u: b h = Linear+[Value](x)
  g: b h = Linear+[Gate](x)
  s: b h = sigmoid(g)
  m: b h = mul(u, s)
  y: b e = Linear+[Out](m)
"""


def frames(spec: BoundsSpec) -> Iterator[BoundsFrame | BoundsResult]:
    """Bounds while the network learns, with the largest boxes last."""
    from engines.diagrams.reaching.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """A linear network, where the largest box has a closed form."""
    from engines.diagrams.reaching.answers import answers

    return answers()


def _one(of: str) -> Estimate:
    return Estimate.exact(of, 1.0, "by definition")


CLAIMS = (
    Claim(
        "No input tried puts any number outside its bounds.",
        figure=lambda run: run.outside(),
        control=lambda run: Estimate.exact("inputs tried", float(run.n_tried), "counted"),
        holds_when=AtMost(0.0),
        source=_CROWN,
    ),
    Claim(
        "Lines followed back to the input prove larger boxes than intervals alone.",
        figure=lambda run: run.ratio(),
        control=lambda _run: _one("intervals over themselves"),
        holds_when=Exceeds(),
        source=_CROWN,
    ),
    Claim(
        "On average, over examples for which another answer is found, twice the box that lines "
        "prove is large enough to hold it.",
        figure=lambda run: run.ratio(SEEN, LINES),
        control=lambda run: run.ratio(SEEN),
        holds_when=AtMost(2.0),
        source="a floor of ours; other answers by Madry et al. 2018, projected gradient descent",
    ),
)

EXPERIMENT = Experiment(
    spec=BoundsSpec,
    frames=frames,
    card=Card(
        title="Bounds on every wire",
        claim="An input may be anything in a box around an example: under every wire stands what "
        "it can be then, by intervals and by lines followed back, and how large the box may be "
        "before the answer can change.",
        paper="Zhang et al. 2018, Efficient neural network robustness certification with general "
        "activation functions, NeurIPS; Gowal et al. 2018, On the effectiveness of interval bound "
        "propagation",
        link="https://arxiv.org/abs/1811.00866",
    ),
    presets={
        "A digit and its neighbours": BoundsSpec(),
        "Three repeated layers": BoundsSpec(text=DEEP),
        "A convolution": BoundsSpec(text=PICTURE, n_examples=4),
        "A gate, fresh weights": BoundsSpec(text=GATE, data="random numbers", reach=1.0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        1.5 + 3e-3 * spec.n_steps * spec.learns + spec.n_examples * (0.1 + 2e-4 * spec.n_samples)
    ),
    order=4,
)
