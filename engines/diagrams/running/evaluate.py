"""Evaluates the expressions of `engines.diagrams.running.program` with torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional
from torch import Tensor

from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.running.program import Call, Item, Lit, Many, Method, Name, Op, Own, Size, Var

F = torch.nn.functional


def rotated(x: Tensor, base: float, sign: float = 1.0) -> Tensor:
    """Rotary positions: the halves of the last axis turn by angles along the one before it."""
    n_time, n_depth = x.shape[-2:]
    rate = base ** (-torch.arange(0, n_depth, 2, dtype=x.dtype, device=x.device) / n_depth)
    angle = torch.arange(n_time, dtype=x.dtype, device=x.device)[:, None] * (sign * rate)
    first, second = x.chunk(2, dim=-1)
    turned = first * angle.cos() - second * angle.sin(), second * angle.cos() + first * angle.sin()
    return torch.cat(turned, dim=-1)


def waves(x: Tensor, n_waves: int, weigh: bool = False) -> Tensor:
    """The first waves of the last axis, (real, imaginary); weighed as the transpose of unwaved."""
    n = x.shape[-1]
    if n_waves > n // 2 + 1:
        raise _too_many(n, n_waves)
    found = torch.view_as_real(torch.fft.rfft(x))[..., :n_waves, :]
    if not weigh:
        return found
    wave = torch.arange(n_waves, device=x.device)
    alone = (wave == 0) | (2 * wave == n)
    return found * ((2 - alone.to(x.dtype)) / n)[:, None]


def unwaved(f: Tensor, n: int, weigh: bool = True) -> Tensor:
    """Numbers whose first waves these are and no others; unweighed the transpose of waves."""
    if f.shape[-2] > n // 2 + 1:
        raise _too_many(n, f.shape[-2])
    wave = torch.view_as_complex(f.contiguous())
    if weigh:
        return torch.fft.irfft(wave, n)
    return torch.fft.ifft(wave, n, norm="forward").real


def _too_many(n: int, n_waves: int) -> DiagramError:
    text = f"{n} positions have {n // 2 + 1} waves, but {n_waves} are asked for"
    return problem("inputs", text, "ask for fewer waves, or give more positions")


_OWN = {"rotated": rotated, "waves": waves, "unwaved": unwaved}
"""What no name of torch stands for."""
_SIGNS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


class Evaluator:
    """Values by name, sizes by axis, and the module that holds the rest."""

    def __init__(self, held: Any, values: dict[str, Any], sizes: Mapping[str, int]) -> None:
        self.held, self.values, self.sizes = held, values, sizes
        reals = (v.dtype for v in values.values() if v.is_floating_point())
        self.dtype = next(reals, torch.get_default_dtype())

    def __call__(self, tree: Any) -> Any:  # noqa: C901 - one case per kind of expression
        """The value of an expression."""
        match tree:
            case Var(name):
                return self.values[name]
            case Lit(value):
                return value
            case Own(name):
                return self.held(name)
            case Size(value, whole):
                size = value.value(self.sizes)
                if whole and size != int(size):
                    text = f"{value} is {float(size):g} at these sizes and must be a whole number"
                    raise problem("bad-size", text, "choose sizes that divide")
                return int(size) if whole else float(size)
            case Name(path):
                return self.dtype if path == "dtype" else getattr(torch, path[6:])
            case Item(value, index):
                return self(value)[index]
            case Op(sign, left, right):
                return _SIGNS[sign](self(left), self(right))
            case Many(items, brackets):
                found = [self(item) for item in items]
                return found if brackets == "[]" else tuple(found)
            case Method(value, name, None, _):
                return getattr(self(value), name)
            case Method(value, name, args, named):
                return getattr(self(value), name)(*map(self, args or ()), **self._named(named))
            case Call(function, args, named):
                called = self._function(function)
                return called(*map(self, args), **self._named(named))
        raise TypeError(f"no expression: {tree!r}")

    def _named(self, named: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self(value) for key, value in named.items()}

    def _function(self, function: Any) -> Any:
        if not isinstance(function, str):
            return self(function)
        if function in _OWN:
            return _OWN[function]
        home, _, name = function.partition(".")
        return getattr(F if home == "F" else torch, name)
