"""A diagram as an `nn.Module`: parameters by their labels, blocks as submodules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.grouping import check_groups
from engines.diagrams.graph.nodes import Graph, Node, Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import maker_of
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.attributes import Owned, owned
from engines.diagrams.running.evaluate import Evaluator
from engines.diagrams.running.lowered import lowered
from engines.diagrams.running.program import Call, Var

Turn = Callable[[Any, Any], tuple[Any, ...]] | None


class DiagramModule(nn.Module):
    """Runs one graph; every level of the diagram is such a module.

    ``functions`` are what `fn` operations call, by their labels.
    """

    def __init__(
        self,
        graph: Graph,
        sizes: Mapping[str, int],
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        super().__init__()
        self.graph, self.sizes = graph, dict(sizes)
        self.functions = dict(functions or {})
        self.hear: Callable[[str, Tensor], Tensor] | None = None
        """Told the result of every operation by the operation's key; gives what goes on with."""
        axes = {name: value.axes for name, value in graph.values().items()}
        self.steps: list[tuple[Node, Any, Owned]] = []
        self.linear_weights: list[str] = []
        """Weights that go through torch's own linear product, for rules that act there."""
        there: dict[tuple[str, str], str] = {}
        for node, own in zip(graph.nodes, owned(graph), strict=True):
            if node.body is not None:
                self._add_block(node, own)
                self.steps.append((node, None, own))
                continue
            for suffix, shape in own.shapes.items():
                shared = there.get((maker_of(node, suffix), suffix))
                if shared is not None:
                    self._hold(own, suffix, self._shared(shared, own, suffix))
                else:
                    self._add_array(node, own, suffix, [int(s.value(self.sizes)) for s in shape])
                there[node.out.name, suffix] = own.names[suffix]
            args = tuple(Var(name) for name in node.args)
            tree = lowered(node, args, tuple(axes[n] for n in node.args), own.names)
            self.steps.append((node, tree, own))
            if isinstance(tree, Call) and tree.function == "F.linear" and not own.buffers:
                self.linear_weights.append(own.names["weight"])

    def _shared(self, name: str, own: Owned, suffix: str) -> Tensor:
        """An array of another operation; its sizes must be those that are wanted here."""
        found = getattr(self, name)
        wanted = tuple(int(s.value(self.sizes)) for s in own.shapes[suffix])
        if tuple(found.shape) != wanted:
            text = f"the {suffix} {name} is {tuple(found.shape)}, but {wanted} is to be shared"
            raise problem("tied", text, "share only arrays of equal sizes in the same order")
        return found

    def _add_block(self, node: Node, own: Owned) -> None:
        assert node.body is not None
        count = node.attrs.get("repeat")
        if count is None:
            self.add_module(own.block, DiagramModule(node.body, self.sizes, self.functions))
            return
        n = int(Poly.of(count).value(self.sizes))
        copies = (DiagramModule(node.body, self.sizes, self.functions) for _ in range(n))
        self.add_module(own.block, nn.ModuleList(copies))

    def _add_array(self, node: Node, own: Owned, suffix: str, shape: list[int]) -> None:
        if node.out.dtype and node.kind == "param":  # truths and positions keep their kind
            kind = torch.bool if node.out.dtype == "bool" else torch.int64
            self._hold(own, suffix, torch.zeros(shape, dtype=kind))
            return
        array = torch.empty(shape)
        if node.kind == "norm":
            nn.init.constant_(array, 1.0 if suffix in ("weight", "var") else 0.0)
        elif "start" in node.attrs and node.kind == "param":
            nn.init.constant_(array, node.attrs["start"])
        elif node.kind in ("embed", "param"):
            nn.init.normal_(array)
        else:
            n_out = int(Poly.product(node.attrs.get("outs", ())).value(self.sizes))
            first = max(1, shape[0]) if shape else 1  # the bias of a map to one number has no axis
            fan_in = max(1, math.prod(shape) // (max(1, n_out) if node.kind == "linear" else first))
            bound = 1 / math.sqrt(fan_in if suffix == "weight" else first)
            nn.init.uniform_(array, -bound, bound)
        self._hold(own, suffix, array)

    def _hold(self, own: Owned, suffix: str, array: Tensor) -> None:
        """As a buffer what is given, as a parameter what is learned."""
        name = own.names[suffix]
        if suffix in own.buffers:
            self.register_buffer(name, array.detach())
        elif isinstance(array, nn.Parameter):
            self.register_parameter(name, array)
        else:
            learns = array.is_floating_point()
            self.register_parameter(name, nn.Parameter(array, requires_grad=learns))

    def forward(self, *inputs: Tensor) -> Any:
        """The outputs in order; one output is given bare."""
        values = dict(zip((v.name for v in self.graph.inputs), inputs, strict=False))
        sizes = self._bound(inputs)
        run = Evaluator(self._held, values, sizes)
        for node, tree, own in self.steps:
            if node.body is None:
                values[node.out.name] = run(tree)
            else:
                made = self._block(node, own, [values[name] for name in node.args])
                values.update(zip((v.name for v in node.outs), made, strict=True))
            if self.hear is not None:
                values[node.out.name] = self.hear(node.key, values[node.out.name])
        found = tuple(values[name] for name in self.graph.outputs)
        return found[0] if len(found) == 1 else found

    def _held(self, name: str) -> Any:
        if hasattr(self, name):
            return getattr(self, name)
        if name in self.functions:
            return self.functions[name]
        base, prime, place = name.rpartition("'")
        if prime and base in self.functions:
            return _pullback(self.functions[base], int(place or 1) - 1)
        hint = f"give it: to_torch(functions={{{name!r}: ...}})"
        raise problem("function", f"the diagram does not say what {name} computes", hint)

    def _bound(self, inputs: tuple[Tensor, ...]) -> dict[str, int]:
        """Sizes as these inputs have them; the same axis must be equally long everywhere."""
        if len(inputs) != len(self.graph.inputs):
            wanted = ", ".join(_typed(v) for v in self.graph.inputs)
            raise problem("inputs", f"{len(inputs)} arrays came; the inputs are {wanted}")
        sizes, said = dict(self.sizes), {}
        for value, array in zip(self.graph.inputs, inputs, strict=True):
            if array.ndim != len(value.axes):
                text = f"{_typed(value)} came with {array.ndim} axes: {tuple(array.shape)}"
                raise problem("inputs", text)
            for axis, size in zip(value.axes, array.shape, strict=True):
                if said.setdefault(axis, (size, value.name))[0] != size:
                    first, owner = said[axis]
                    text = f"axis {axis} is {first} in {owner}, but {size} in {value.name}"
                    raise problem("inputs", text, "give arrays whose shared axes agree")
                sizes[axis] = size
        return sizes

    def _block(self, node: Node, own: Owned, args: list[Any], turn: Turn = None) -> tuple[Any, ...]:
        """What a block gives; ``turn`` runs its inside, once unless it repeats."""
        turn = turn or _plain_turn
        child = getattr(self, own.block)
        if node.attrs.get("over"):
            return self._scan(node, child, args, turn)
        if "repeat" not in node.attrs:
            return turn(child, args)
        carried = node.attrs["carried"]
        state, rest = tuple(args[:carried]), args[carried:]
        for layer in child:
            state = turn(layer, (*state, *rest))
        return state

    def _scan(self, node: Node, child: Any, args: list[Any], turn: Any) -> tuple[Any, ...]:
        assert node.body is not None
        over, carried = node.attrs["over"], node.attrs["carried"]
        outer = {n: v.axes for n, v in self.graph.values().items()}
        dims = [outer[name].index(over) if over in outer[name] else None for name in node.args]
        at = next((k for k, dim in enumerate(dims) if dim is not None), None)
        n_steps = self.sizes[over] if at is None else args[at].shape[dims[at]]
        state, collected = tuple(args[:carried]), []
        back = bool(node.attrs.get("back"))
        for step in range(n_steps)[:: -1 if back else 1]:
            rest = [
                a if d is None else a.select(d, step)
                for a, d in zip(args[carried:], dims[carried:], strict=True)
            ]
            made = turn(child, (*state, *rest))
            state = made[:carried]
            collected.append(made[carried:])
        stacks = zip(*(collected[::-1] if back else collected), strict=True)
        return (*state, *(torch.stack(parts) for parts in stacks))


def _pullback(function: Callable[..., Any], k: int) -> Callable[..., Any]:
    """The gradient of a function towards its argument k, given what comes back."""
    from torch.func import vjp

    return lambda cotangent, *args: vjp(function, *args)[1](cotangent)[k]


def _plain_turn(child: Any, args: Any) -> tuple[Any, ...]:
    return _tuple(child(*args))


def _tuple(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def _typed(value: Value) -> str:
    return f"{value.name}: {' '.join(value.axes) or '()'}"


def module_from_circuit(
    diagram: Circuit,
    sizes: Mapping[str, int] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> DiagramModule:
    """The diagram as an `nn.Module` with fresh parameters.

    Args:
        diagram: what to build.
        sizes: of free axes; those not named keep the declared size, or 8.
        functions: what `fn` operations call, by label.
    """
    given = {str(k): int(v) for k, v in (sizes or {}).items()}
    found = numbers(diagram, given)
    check_groups(diagram.graph, found)
    return DiagramModule(diagram.graph, found, functions)
