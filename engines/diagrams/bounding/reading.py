"""A diagram with its weights as a network that bounds understand.

Whatever is affine in what varies is asked for its matrix, so that axes, windows and sums need no
rule of their own; what is neither affine nor a known function of single numbers is refused by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.bounding.bounds import Interval, bounds
from engines.diagrams.bounding.network import Affine, Curve, Net, Product, Step
from engines.diagrams.bounding.relaxations import ELEMENTWISE
from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.graph.nodes import Node, join
from engines.diagrams.graph.operations import NUMBERS
from engines.diagrams.running.evaluate import Evaluator
from engines.diagrams.running.lowered import lowered
from engines.diagrams.running.module import DiagramModule
from engines.diagrams.running.program import Var

NUMBERS_MAX = 4_096
"""Numbers of one wire."""
_MOVES = frozenset(
    [
        "view",
        "rename",
        "permute",
        "expand",
        "concat",
        "slice",
        "put",
        "index",
        "linear",
        "conv",
        "window",
        "fold",
        "waves",
    ]
)
"""Kinds that are affine in all that they are given."""
_SUMS = frozenset({"sum", "mean"})
_EXTREMES = frozenset({"maximum", "minimum"})


@dataclass(frozen=True)
class _Wire:
    """A value that varies: its name in the network and its shape."""

    name: str
    shape: tuple[int, ...]


@dataclass(eq=False)
class Reader:
    """Steps so far."""

    inputs: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)
    """The wire that a block gives first, by the block's path."""
    outputs: list[str] = field(default_factory=list)
    """The wires that are given; of what does not vary an empty name."""

    def wire(self, name: str, shape: tuple[int, ...]) -> _Wire:
        """A new wire under its path."""
        n = int(np.prod(shape))
        if n > NUMBERS_MAX:
            raise problem(
                "bounds", f"wire {name} has {n:,} numbers; bounds are made for up to "
                f"{NUMBERS_MAX:,} each", "give smaller sizes",
            )  # fmt: skip
        self.shapes[name] = shape
        return _Wire(name, shape)

    def level(self, module: DiagramModule, given: Sequence[Any], path: str) -> list[Any]:
        """Every operation of a level; values that do not vary are tensors."""
        values = dict(zip((v.name for v in module.graph.inputs), given, strict=True))
        for node, tree, own in module.steps:
            args = [values[name] for name in node.args]
            if node.body is not None:
                made = self._block(module, node, own.block, args, path)
                values.update(zip((v.name for v in node.outs), made, strict=True))
                if made and isinstance(made[0], _Wire):
                    self.blocks[join(path, node.key)] = made[0].name
                continue
            one = _Operation(module, node, tree, args)
            values[node.out.name] = self._made(one, join(path, node.key))
        return [values[name] for name in module.graph.outputs]

    def _block(
        self, module: DiagramModule, node: Node, block: str, args: list[Any], path: str
    ) -> list[Any]:
        if node.attrs.get("over"):
            raise _refused(node, join(path, node.key), "a block that runs along an axis")
        child, inner = getattr(module, block), join(path, node.key)
        if not isinstance(child, nn.ModuleList):
            return self.level(child, args, inner)
        carried = node.attrs["carried"]
        state, rest = args[:carried], args[carried:]
        for turn, layer in enumerate(child, start=1):
            assert isinstance(layer, DiagramModule)
            state = self.level(layer, [*state, *rest], f"{inner}[{turn}]")
        return state

    def _made(self, one: _Operation, path: str) -> Any:
        if not one.varying:
            return one.call()
        kind, word = one.node.kind, one.node.attrs.get("fn", "")
        if kind == "pointwise" and word in ELEMENTWISE and one.usual:
            return self._scaled(one, path, lambda to: self._curve(one.args[0], word, to))
        if kind == "combine" and one.folds:
            return self._scaled(one, path, lambda to: self._folded(one, word, to))
        if _is_affine(one):
            return self._affine(one.call, list(one.wires.values()), path)
        raise _refused(one.node, path, word or kind)

    def _scaled(self, one: _Operation, path: str, make: Callable[[str], _Wire]) -> _Wire:
        """A wire, times the factor that its operation has."""
        factor = one.node.attrs.get("scale")
        if factor is None:
            return make(path)
        bare = make(f"{path}.bare")
        n = int(np.prod(bare.shape))
        return self._times(bare, np.full(n, float(factor.value(one.module.sizes))), path)

    def _times(self, wire: _Wire, factor: np.ndarray, path: str) -> _Wire:
        """A wire times a known number each."""
        made = self.wire(path, wire.shape)
        self.steps.append(Affine(path, ((wire.name, np.diag(factor)),), np.zeros(len(factor))))
        return made

    def _curve(self, arg: _Wire, word: str, path: str) -> _Wire:
        made = self.wire(path, arg.shape)
        self.steps.append(Curve(path, arg.name, word))
        return made

    def _affine(self, call: Callable[..., Tensor], wires: Sequence[_Wire], path: str) -> _Wire:
        """An affine step from what an operation does to 0 and to unit vectors."""
        zeros = [torch.zeros(wire.shape, dtype=torch.float64) for wire in wires]
        base = call(*zeros)
        made = self.wire(path, tuple(base.shape))
        terms: dict[str, np.ndarray] = {}
        for place, wire in enumerate(wires):

            def alone(x: Tensor, place: int = place) -> Tensor:
                return call(*[x if k == place else zero for k, zero in enumerate(zeros)])

            found = torch.autograd.functional.jacobian(alone, zeros[place], vectorize=True)
            assert isinstance(found, Tensor)
            matrix = found.reshape(base.numel(), -1).numpy()
            terms[wire.name] = terms.get(wire.name, 0.0) + matrix
        bias = base.detach().reshape(-1).numpy()
        self.steps.append(Affine(path, tuple(terms.items()), bias))
        return made

    def _folded(self, one: _Operation, word: str, path: str) -> _Wire:
        """All arguments by one word, first those that vary; what is given twice is no second."""
        known, makers = one.known(word), []
        for name, n in Counter(one.node.args[place] for place, _ in one.varying).items():
            makers += self._powers(one, name, n if word == "mul" else 1)
        if known is None:
            return self._fold(makers, word, path)
        if word == "mul":
            return self._times(self._fold(makers, word, f"{path}.product"), known, path)
        wire = one.varying[0][1]
        makers.append(lambda to: self._known(known, wire, one.shape, to))
        return self._fold(makers, word, path)

    def _powers(self, one: _Operation, name: str, n: int) -> list[Callable[[str], _Wire]]:
        """An argument that comes n times into a product: squares, and once more if n is odd."""

        def plain(to: str) -> _Wire:
            return self._affine(lambda x: one.spread(name, x), [one.wires[name]], to)

        def square(to: str) -> _Wire:
            return self._curve(plain(f"{to}.root"), "square", to)

        return [square] * (n // 2) + [plain] * (n % 2)

    def _known(self, numbers: np.ndarray, wire: _Wire, shape: tuple[int, ...], path: str) -> _Wire:
        """Numbers that do not vary, as a wire that hangs on another by nothing."""
        nothing = np.zeros((len(numbers), int(np.prod(wire.shape))))
        self.steps.append(Affine(path, ((wire.name, nothing),), numbers))
        return self.wire(path, shape)

    def _fold(self, makers: list[Callable[[str], _Wire]], word: str, path: str) -> _Wire:
        *rest, last = makers
        if not rest:
            return last(path)
        left = self._fold(rest, word, f"{path}.1")
        return self._pair(left, last(f"{path}.2"), word, path)

    def _pair(self, left: _Wire, right: _Wire, word: str, path: str) -> _Wire:
        """Products, and maxima as the second and what the first has more than it."""
        a, b, shape = left.name, right.name, left.shape
        if word == "mul":
            self.steps.append(Product(path, a, b))
            return self.wire(path, shape)
        eye = np.eye(int(np.prod(shape)))
        zero, sign = np.zeros(len(eye)), 1.0 if word == "maximum" else -1.0
        more, above = (self.wire(f"{path}.{name}", shape) for name in ("more", "above"))
        self.steps += [
            Affine(more.name, ((a, sign * eye), (b, -sign * eye)), zero),
            Curve(above.name, more.name, "relu"),
            Affine(path, ((b, eye), (above.name, sign * eye)), zero),
        ]
        return self.wire(path, shape)


@dataclass(eq=False)
class _Operation:
    """One operation with what it is given: wires that vary, tensors that do not."""

    module: DiagramModule
    node: Node
    tree: Any
    args: list[Any]

    @property
    def varying(self) -> list[tuple[int, _Wire]]:
        """Arguments that vary, by their place."""
        return [(k, arg) for k, arg in enumerate(self.args) if isinstance(arg, _Wire)]

    @property
    def wires(self) -> dict[str, _Wire]:
        """What varies by the name that the operation has for it, each once."""
        return {self.node.args[place]: wire for place, wire in self.varying}

    @property
    def folds(self) -> bool:
        """Whether it is a product or a maximum in which more than one thing counts."""
        word = self.node.attrs["fn"]
        return word in _EXTREMES or (word == "mul" and len(self.varying) > 1)

    @property
    def usual(self) -> bool:
        """Whether an elementwise function has the numbers that it has when none are said."""
        word = self.node.attrs["fn"]
        given = {key: value for key, value in self.node.attrs.items() if key not in ("fn", "scale")}
        return all(NUMBERS.get(word, {}).get(key) == value for key, value in given.items())

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what is made."""
        return tuple(self.spread("", torch.ones(())).shape)

    def call(self, *varying: Tensor) -> Tensor:
        """What it makes when the wires, each once, are these."""
        values = dict(zip(self.node.args, self.args, strict=True))
        return self._run(self.tree, values | dict(zip(self.wires, varying, strict=True)))

    def spread(self, name: str, value: Tensor) -> Tensor:
        """One argument in the axes of the whole: its product with ones for all others."""
        values = {
            other: torch.ones(arg.shape, dtype=torch.float64)
            for other, arg in zip(self.node.args, self.args, strict=True)
        }
        bare = replace(self.node, args=tuple(values), attrs={"fn": "mul"})
        axes = {v.name: v.axes for v in self.module.graph.values().values()}
        tree = lowered(bare, tuple(map(Var, values)), tuple(axes[n] for n in values), {})
        return self._run(tree, values | ({name: value} if name else {}))

    def known(self, word: str) -> np.ndarray | None:
        """By the same word all that does not vary, in the axes of the whole; None for nothing."""
        names = zip(self.node.args, self.args, strict=True)
        found = [self.spread(name, arg) for name, arg in names if not isinstance(arg, _Wire)]
        if "by" in self.node.attrs:
            found.append(torch.full(self.shape, self.node.attrs["by"], dtype=torch.float64))
        both = {"mul": torch.mul, "maximum": torch.maximum, "minimum": torch.minimum}[word]
        return reduce(both, found).detach().reshape(-1).numpy() if found else None

    def _run(self, tree: Any, values: dict[str, Tensor]) -> Tensor:
        run = Evaluator(self.module._held, values, self.module.sizes)
        run.dtype = torch.float64  # of constants too
        return run(tree)


def _is_affine(one: _Operation) -> bool:
    node, word = one.node, one.node.attrs.get("fn", "")
    match node.kind:
        case "combine":
            alone = len(one.varying) == 1
            return word in ("add", "sub") or (
                alone and (word == "mul" or (word == "div" and one.varying[0][0] == 0))
            )
        case "einsum":
            return len(one.varying) == 1
        case "reduce":
            return word in _SUMS
        case "pointwise":
            return word in ("neg", "stop")
        case "pool":
            return word == "avg"
        case "norm":
            return word == "BatchNorm" and bool(node.attrs.get("running"))
        case kind:
            return kind in _MOVES
    return False


def _refused(node: Node, path: str, what: str) -> DiagramError:
    return problem(
        "bounds",
        f"bounds stop at {path}: {what} is neither affine in what varies nor a function of single "
        "numbers that they know",
        f"they know sums and moves of numbers, products, maximum, minimum and "
        f"{', '.join(sorted(ELEMENTWISE))}",
        span=node.span,
    )


def net_of(module: DiagramModule, shapes: Sequence[tuple[int, ...]]) -> tuple[Net, Reader]:
    """The network of a diagram with its weights, in double precision.

    Raises:
        DiagramError: an operation that bounds do not know, named with its path.
    """
    reader = Reader()
    given = []
    for value, shape in zip(module.graph.inputs, shapes, strict=True):
        if value.dtype:
            raise problem(
                "bounds", f"input {value.name} holds positions of {value.dtype}, which have no "
                "numbers between", "give bounds to diagrams of real inputs",
            )  # fmt: skip
        given.append(reader.wire(value.name, shape))
        reader.inputs[value.name] = int(np.prod(shape))
    made = reader.level(module, given, "")
    reader.outputs = [one.name if isinstance(one, _Wire) else "" for one in made]
    return Net(reader.inputs, tuple(reader.steps)), reader


def box_of(module: DiagramModule, low: Sequence[Any], high: Sequence[Any]) -> dict[str, Interval]:
    """The box between two arrays per input: by name, float64[1, number] each.

    Raises:
        DiagramError: arrays that do not fit the inputs or each other.
    """
    ends = [tuple(np.asarray(v, np.float64) for v in side) for side in (low, high)]
    module._bound(tuple(torch.from_numpy(np.ascontiguousarray(v)) for v in ends[0]))
    for value, a, b in zip(module.graph.inputs, *ends, strict=True):
        if a.shape != b.shape or not (a <= b).all():
            raise problem(
                "bounds", f"the box of {value.name} needs two arrays of one shape, the first "
                "nowhere above the second", "swap them, or look for nan",
            )  # fmt: skip
    return {
        value.name: (a.reshape(1, -1), b.reshape(1, -1))
        for value, a, b in zip(module.graph.inputs, *ends, strict=True)
    }


def bounded(module: DiagramModule, low: Sequence[Any], high: Sequence[Any]) -> dict[str, Interval]:
    """Least and largest of every wire of a diagram, for all inputs between two arrays each.

    Args:
        module: the diagram with its weights.
        low: an array per input.
        high: of the same shapes.

    Returns:
        By path: float64 arrays with the wire's own axes.

    Raises:
        DiagramError: arrays that do not fit, or an operation that bounds do not know.
    """
    boxes = box_of(module, low, high)
    net, reader = net_of(deepcopy(module).double().eval(), [np.shape(value) for value in low])
    found = bounds(net, boxes).wires
    return {
        name: tuple(part[0].reshape(reader.shapes[name]) for part in pair)  # type: ignore[misc]
        for name, pair in found.items()
    }
