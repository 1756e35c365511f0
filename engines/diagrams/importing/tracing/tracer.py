"""Reads an exported graph call by call and writes operations of ours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from engines.diagrams.importing.tracing.atoms import Atom, Atoms, Dim, size_of


@dataclass(eq=False)
class Sym:
    """A tensor: the value it is in the diagram, and its dimensions as atoms."""

    value: str
    dims: tuple[Dim, ...]
    dtype: Any = ""
    """"" for reals, "bool", or the atom whose positions it holds."""
    state: str = ""
    """The parameter or buffer it is; its value is made when it is first read as one."""
    const: Any = None
    """Its numbers, where they do not depend on any input or parameter."""
    given: bool = False
    """A buffer: it is given, not learned."""
    exact: Any = None
    """As ``const``, where it was computed from buffers in float64."""
    parts: Any = None
    """Of a complex constant its real and its imaginary part, once something has read them."""


@dataclass(eq=False)
class Draft:
    """An operation whose axes are still atoms."""

    kind: str
    args: tuple[str, ...]
    out: str
    axes: tuple[Atom, ...]
    attrs: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    dtype: Any = ""
    stack: tuple[tuple[str, str], ...] = ()
    origin: str = ""
    state: dict[str, str] = field(default_factory=dict)
    """The module's tensor for each of its own, by suffix."""
    body: list[Draft] | None = None
    body_inputs: tuple[tuple[str, tuple[Atom, ...]], ...] = ()
    extra: tuple[tuple[str, tuple[Atom, ...]], ...] = ()
    """Further results of a block."""
    body_outputs: tuple[str, ...] = ()


class Tracer:
    """The state of one import."""

    def __init__(self) -> None:
        self.atoms = Atoms()
        self.drafts: list[Draft] = []
        self.axes: dict[str, tuple[Atom, ...]] = {}
        self.numbers: dict[str, int] = {}
        self.dtypes: dict[str, Any] = {}
        self.stack: tuple[tuple[str, str], ...] = ()
        self.origin = ""
        self.node: Any = None
        """The call that is read now."""
        self.makers: dict[str, Any] = {}
        """The call that made each value."""
        self.fixed = False
        """Whether the model names a precision, so that it computes otherwise in another one."""
        self.functions: dict[str, tuple[Any, ...]] = {}
        self.opaque: list[str] = []
        self.constants: dict[str, Any] = {}
        """Tensors the model computes from nothing, by the name they are given."""
        self.uncounted: list[str] = []
        """Contractions of complex numbers, which torch counts as if they were real."""
        self.exact: dict[str, Any] = {}
        """Those of them that were also computed in float64."""
        self._renamed: dict[tuple[str, Atom, Atom], str] = {}

    # Values -------------------------------------------------------------------------------

    def fresh(self, base: str) -> str:
        """A name no value has yet."""
        name, k = base, 2
        while name in self.axes:
            name, k = f"{base}_{k}", k + 1
        return name

    def record(self, name: str, axes: tuple[Atom, ...], dtype: Any = "") -> None:
        """A value with these axes exists."""
        self.axes[name] = axes
        self.dtypes[name] = dtype
        number = self.numbers.setdefault(name, len(self.numbers))
        for atom in self.atoms.resolved(axes):
            atom.values.add(number)

    def emit(
        self,
        kind: str,
        args: tuple[str, ...],
        dims: tuple[Dim, ...],
        *,
        base: str = "",
        attrs: dict[str, Any] | None = None,
        name: str = "",
        dtype: Any = "",
        state: dict[str, str] | None = None,
    ) -> Sym:
        """Write an operation; its result."""
        out = self.fresh(base or _BASES.get(kind, kind))
        axes = tuple(atom for dim in dims for atom in self.atoms.resolved(dim))
        draft = Draft(
            kind, args, out, axes, attrs or {}, name, dtype, self.stack, self.origin, state or {}
        )
        self._stiffen(kind, attrs or {})
        self.drafts.append(draft)
        self.makers[out] = self.node
        self.record(out, axes, dtype)
        return Sym(out, dims, dtype)

    def _stiffen(self, kind: str, attrs: dict[str, Any]) -> None:
        """Axes an operation names as one axis each can no more be split."""
        named = [attrs.get(key) for key in ("axis", "made", "channel", "table", "over", "wave")]
        if kind in ("rename", "concat", "conv", "pool", "window", "waves"):
            named += [a for key in ("ins", "outs") for a in _atoms(attrs.get(key))]
        if attrs.get("fn") in ("BatchNorm", "GroupNorm", "InstanceNorm"):
            named += attrs["axes"][:1]
        for atom in named:
            if isinstance(atom, Atom):
                self.atoms.find(atom).rigid = True

    def read(self, sym: Sym) -> str:
        """The value a tensor is; a parameter becomes one when it is first read."""
        if sym.value:
            return sym.value
        if sym.const is not None and is_count(sym.const):
            attrs = {"fn": "arange"}
            (axis,) = self.flat(sym)
            made = self.emit("const", (), sym.dims, base="pos", attrs=attrs, dtype=axis)
            sym.dtype = axis
        else:
            if not sym.state:
                sym.state = f"constant_{len(self.constants)}"
                self.constants[sym.state] = sym.const
                if sym.exact is not None:
                    self.exact[sym.state] = sym.exact
            attrs = {"fixed": True} if is_given(sym) else {}
            made = self.emit(
                "param", (), sym.dims, base="w", name=_leaf(sym.state), attrs=attrs,
                state={"weight": sym.state}, dtype=sym.dtype,
            )  # fmt: skip
        sym.value = made.value
        return sym.value

    def forget(self, before: int) -> None:
        """Take back what a call has written that is not covered; what was read stays read."""
        written = self.drafts[before:]
        kept = [d for d in written if d.kind in ("param", "const")]
        gone = {d.out for d in written if d.kind not in ("param", "const")}
        self.drafts[before:] = kept
        self._renamed = {k: name for k, name in self._renamed.items() if name not in gone}

    def alone(self, value: str) -> bool:
        """Whether the call that is read now is the only one that reads a value, in any view."""
        node = next((a for a in self.node.args if hasattr(a, "users")), None)
        maker = self.makers.get(value)
        while node is not None and len(node.users) == 1:
            if node is maker:
                return True
            node = node.args[0] if node.args and hasattr(node.args[0], "users") else None
        return False

    def flat(self, sym: Sym) -> tuple[Atom, ...]:
        """Every axis of a tensor in row-major order."""
        return tuple(a for dim in sym.dims for a in self.atoms.resolved(dim))

    # Making axes meet ---------------------------------------------------------------------

    def rename(self, sym: Sym, old: Atom, new: Atom) -> Sym:
        """The tensor with one axis under another name."""
        old, new = self.atoms.find(old), self.atoms.find(new)
        key = (self.read(sym), old, new)
        dims = tuple(
            tuple(new if a is old else a for a in self.atoms.resolved(dim)) for dim in sym.dims
        )
        if key not in self._renamed:
            attrs = {"ins": (old,), "outs": (new,)}
            axes = tuple(new if a is old else a for a in self.atoms.resolved(self.axes[sym.value]))
            made = self.emit("rename", (sym.value,), tuple((a,) for a in axes), attrs=attrs)
            self._renamed[key] = made.value
        return Sym(self._renamed[key], dims, sym.dtype)

    def meet(self, a: Sym, i: int, b: Sym, j: int) -> tuple[Sym, Sym]:
        """Make dimension i of one and j of the other the same axes, renaming where they must."""
        left, right = self.atoms.resolved(a.dims[i]), self.atoms.resolved(b.dims[j])
        if left == right or not left or not right:
            return a, b
        if len(left) != len(right) or any(
            x.size != y.size for x, y in zip(left, right, strict=True)
        ):
            a, b = self._refined(a, i, b, j)
            left, right = self.atoms.resolved(a.dims[i]), self.atoms.resolved(b.dims[j])
        for one, other in zip(left, right, strict=False):
            x, y = self.atoms.find(one), self.atoms.find(other)
            if x is not y and not self.atoms.unite(x, y):
                if x in self.flat(b):  # it is another dimension of b: that gets a name of its own
                    b = self.rename(b, x, self.atoms.new(x.size, "copy", x.hint))
                b = self.rename(b, y, x)
        return a, b

    def _refined(self, a: Sym, i: int, b: Sym, j: int) -> tuple[Sym, Sym]:
        """Give two dimensions of equal length the same parts: split fresh axes, else merge."""
        left, right = self.atoms.resolved(a.dims[i]), self.atoms.resolved(b.dims[j])
        sizes = [atom.size for atom in left], [atom.size for atom in right]
        if len(right) == 1 and (self.atoms.may_split(right[0]) or not b.value):
            self.atoms.split(right[0], sizes[0])
            return a, b
        if len(left) == 1 and (self.atoms.may_split(left[0]) or not a.value):
            self.atoms.split(left[0], sizes[1])
            return a, b
        if len(left) > 1:
            a = self.merged(a, i)
        if len(right) > 1:
            b = self.merged(b, j)
        return a, b

    def merged(self, sym: Sym, i: int) -> Sym:
        """One dimension as one axis, by a view."""
        old = self.atoms.resolved(sym.dims[i])
        if len(old) == 1:
            return sym
        new = self.atoms.new(size_of(old), "view")
        return self.view(sym, ((old, (new,)),), {i: (new,)})

    def view(self, sym: Sym, arrows: tuple[tuple[Dim, Dim], ...], changed: dict[int, Dim]) -> Sym:
        """Write a view; ``changed`` are the dimensions that are other axes now."""
        value = self.read(sym)
        gone = {a for ins, _ in arrows for a in ins}
        kept = [a for a in self.atoms.resolved(self.axes[value]) if a not in gone]
        new = [a for _, outs in arrows for a in outs]
        axes = tuple((a,) for a in (*kept, *new))
        made = self.emit("view", (value,), axes, attrs={"arrows": arrows}, dtype=sym.dtype)
        dims = tuple(changed.get(k, dim) for k, dim in enumerate(sym.dims))
        return Sym(made.value, dims, sym.dtype)

    def without_ones(self, sym: Sym, i: int, only: Atom | None = None) -> Sym:
        """A dimension of length one that is an axis stops being one, to be broadcast.

        ``only``: of several such axes in the dimension this one alone.
        """
        for atom in self.atoms.resolved(sym.dims[i]):
            if atom.size == 1 and only in (None, atom):
                rest = tuple((a,) for a in self.flat(sym) if a is not atom)
                attrs = {"axis": atom, "at": 0}
                made = self.emit("index", (self.read(sym),), rest, attrs=attrs, dtype=sym.dtype)
                dims = tuple(
                    tuple(a for a in self.atoms.resolved(d) if a is not atom) for d in sym.dims
                )
                sym = Sym(made.value, dims, sym.dtype)
        return sym

    def broadcast(self, syms: list[Sym]) -> tuple[list[Sym], tuple[Dim, ...]]:
        """Tensors with their last dimensions made to meet, and the dimensions of the result."""
        rank = max((len(s.dims) for s in syms), default=0)
        padded = [
            replace(s, dims=((),) * (rank - len(s.dims)) + s.dims) if len(s.dims) < rank else s
            for s in syms
        ]
        for k in range(rank):
            widest = max(size_of(s.dims[k]) for s in padded)
            if widest > 1:
                padded = [self.without_ones(s, k) if size_of(s.dims[k]) == 1 else s for s in padded]
            hosts = [n for n, s in enumerate(padded) if self.atoms.resolved(s.dims[k])]
            for n in hosts[1:]:
                padded[hosts[0]], padded[n] = self.meet(padded[hosts[0]], k, padded[n], k)
        dims = tuple(
            next((s.dims[k] for s in padded if self.atoms.resolved(s.dims[k])), ())
            for k in range(rank)
        )
        return padded, dims


_BASES = {
    "linear": "l", "einsum": "e", "combine": "s", "pointwise": "a", "softmax": "p", "norm": "n",
    "rename": "r", "view": "v", "index": "i", "slice": "c", "embed": "emb", "conv": "c",
    "pool": "d", "reduce": "m", "concat": "j", "expand": "x", "const": "k", "fn": "o", "waves": "f",
}  # fmt: skip


def _atoms(value: Any) -> list[Atom]:
    if isinstance(value, Atom):
        return [value]
    return [a for v in value for a in _atoms(v)] if isinstance(value, tuple) else []


def kind_of(value: Any) -> str:
    """What a diagram calls its numbers: reals, truths or positions."""
    real = value.is_floating_point() or value.is_complex()
    return "bool" if str(value.dtype) == "torch.bool" else "" if real else "tokens"


def is_given(sym: Sym) -> bool:
    """Whether a tensor is a buffer or made of buffers, so that nothing learns it."""
    return sym.given or sym.const is not None


def is_count(tensor: Any) -> bool:
    """Whether a tensor is 0, 1, 2 ..."""
    if tensor.ndim != 1 or tensor.is_floating_point() or tensor.dtype.is_complex:
        return False
    return bool((tensor == tensor.new_tensor(range(len(tensor)))).all()) and len(tensor) > 0


def _leaf(path: str) -> str:
    """The last word of a parameter's path that says something."""
    *rest, last = path.partition("#")[0].split(".")
    last = last.removesuffix("_weight").removesuffix("_bias")
    words = [w for w in (*rest, last) if w not in ("weight", "bias") and not w.isdigit()]
    return words[-1] if words else ""
