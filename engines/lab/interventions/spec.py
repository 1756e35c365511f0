"""What may be done to a network or a wiring, as specs; reading them loads no torch.

A list of interventions is a field of the spec that it belongs to. It is always applied to what was
there before the first of them, and each draws its random numbers from its own seed, so taking one
out of the list gives the bytes that would be there had it never been in it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from engines.contract import Seed, Spec, SpecError, knob, sentence_from_validation
from engines.lab.transformers.kinds import PatternName

Name = int | str
"""A unit by its number, or a neuron by its name."""
Edge = tuple[Name, Name]
"""From which unit to which."""


_AT = "A layer (what it gives), a parameter (its weights), or nothing for all."


def _at(help: str = _AT) -> str:
    return knob("", label="At", help=help, max_length=200)


def _units() -> tuple[Name, ...]:
    return knob((), label="Units", help="Which units; none named means all.")


def _edges() -> tuple[Edge, ...]:
    return knob((), label="Edges", help="Which weights, each as from and to.")


def _seed() -> int:
    return knob(0, label="Seed", help="Equal seeds draw alike.")


class Change(Spec):
    """What all interventions have: in which networks of a stack they act."""

    nets: tuple[int, ...] = knob(
        (), label="Networks", help="Which networks of a stack; none named means all."
    )


class Mask(Change):
    """Weights become 0: these edges, all edges into these units, or all of them."""

    kind: Literal["mask"] = "mask"
    at: str = _at()
    units: tuple[Name, ...] = _units()
    edges: tuple[Edge, ...] = _edges()


class Ablate(Change):
    """Units say nothing: 0, their mean over the examples, or what they say to another example.

    In a wiring the units lose all their edges.
    """

    kind: Literal["ablate"] = "ablate"
    at: str = _at()
    units: tuple[Name, ...] = _units()
    how: Literal["zero", "mean", "resample"] = knob(
        "zero", label="Replaced by", help="What stands in place of what the units say."
    )
    seed: Seed = _seed()


class Clamp(Change):
    """Units, or weights, are held at a value."""

    kind: Literal["clamp"] = "clamp"
    at: str = _at()
    units: tuple[Name, ...] = _units()
    edges: tuple[Edge, ...] = _edges()
    value: float = knob(0.0, label="Value", help="What they are held at.")


class Attend(Change):
    """Heads of a transformer look where a pattern says: ``attend blocks.0.pattern:2 to=previous``.

    It acts on what a layer says of its attention, heads last (`engines.lab.transformers`).
    """

    kind: Literal["attend"] = "attend"
    at: str = _at("The attention of a layer, say blocks.0.pattern.")
    units: tuple[Name, ...] = _units()
    to: PatternName = knob("previous", label="To", help="Where they look.")


class Add(Change):
    """A value is added to what units say, or to weights."""

    kind: Literal["add"] = "add"
    at: str = _at()
    units: tuple[Name, ...] = _units()
    edges: tuple[Edge, ...] = _edges()
    value: float = knob(0.0, label="Value", help="What is added.")


class Noise(Change):
    """Gaussian noise is added to what units say, or to weights."""

    kind: Literal["noise"] = "noise"
    at: str = _at()
    units: tuple[Name, ...] = _units()
    sd: float = knob(0.1, label="SD", help="Standard deviation of the noise.", ge=0)
    seed: Seed = _seed()


class Patch(Change):
    """Units say what they say in another run; weights are those of another network."""

    kind: Literal["patch"] = "patch"
    at: str = _at()
    units: tuple[Name, ...] = _units()
    source: str = knob(..., label="From", help="Name of the other run.", min_length=1)


class Prune(Change):
    """The smallest weights, or random ones, become 0; biases are neither pruned nor counted."""

    kind: Literal["prune"] = "prune"
    at: str = _at()
    share: float = knob(0.5, label="Share", help="Of the weights that are there.", ge=0, lt=1)
    by: Literal["magnitude", "random"] = knob(
        "magnitude", label="By", help="Which weights go first."
    )
    scope: Literal["layer", "global"] = knob(
        "layer", label="Counted", help="The share of each layer, or of all of them together."
    )
    seed: Seed = _seed()


class Rewind(Change):
    """Weights go back to what they were at an earlier step."""

    kind: Literal["rewind"] = "rewind"
    at: str = _at()
    step: int = knob(0, label="Step", help="The last kept moment not after this one.", ge=0)


class Permute(Change):
    """Units of a layer change places.

    With ``into``, the layer that reads them, both ends move and the function stays the same;
    without it only what the units read moves, a control that keeps every weight.
    """

    kind: Literal["permute"] = "permute"
    at: str = _at("The layer whose units change places.")
    into: str = knob("", label="Into", help="The layer that reads them.", max_length=200)
    order: tuple[int, ...] = knob(
        (), label="Order", help="The unit that comes to each place; none is drawn with the seed."
    )
    seed: Seed = _seed()


class Merge(Change):
    """Weights move a share of the way to those of another network; half is the mean of both."""

    kind: Literal["merge"] = "merge"
    at: str = _at()
    source: str = knob(..., label="With", help="Name of the other run.", min_length=1)
    share: float = knob(0.5, label="Share", help="How far to the other network.", ge=0, le=1)


Intervention = Annotated[
    Mask | Ablate | Clamp | Attend | Add | Noise | Patch | Prune | Rewind | Permute | Merge,
    Field(discriminator="kind"),
]
KINDS: dict[str, type[Change]] = {
    "mask": Mask,
    "ablate": Ablate,
    "clamp": Clamp,
    "attend": Attend,
    "add": Add,
    "noise": Noise,
    "patch": Patch,
    "prune": Prune,
    "rewind": Rewind,
    "permute": Permute,
    "merge": Merge,
}
_LIST: TypeAdapter[tuple[Intervention, ...]] = TypeAdapter(tuple[Intervention, ...])


def from_json(text: str) -> tuple[Intervention, ...]:
    """A list of interventions written as JSON.

    Raises:
        SpecError: a sentence per field that does not fit.
    """
    try:
        return _LIST.validate_json(text, strict=True)
    except ValidationError as error:
        raise SpecError(sentence_from_validation(Change, error)) from error


def to_json(interventions: tuple[Intervention, ...]) -> str:
    """The list as canonical JSON; equal lists are equal texts."""
    return "[" + ",".join(one.to_json() for one in interventions) + "]"


def without(interventions: tuple[Intervention, ...], place: int) -> tuple[Intervention, ...]:
    """The list without the one at this place, counted from 0.

    Raises:
        SpecError: there is none at this place.
    """
    if not 0 <= place < len(interventions):
        raise SpecError(
            f"there are {len(interventions)} interventions, counted from 0; none is at {place}"
        )
    return interventions[:place] + interventions[place + 1 :]
