"""Derivatives of elementwise functions, as torch expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from engines.diagrams.running.program import Call, Lit, Method, Op

ONE = Lit(1.0)
SIXTH = 11184811 / 2**26
"""What torch takes for 1/6, of double precision numbers too: the nearest in single precision."""
GELU_ROOT, GELU_CUBE = (2 / math.pi) ** 0.5, 0.044715


def derivative(fn: str, x: Any, attrs: Mapping[str, Any]) -> Any:
    """The derivative of an elementwise function at x; where there is none, the one torch takes."""
    return _SLOPES[fn](x, attrs)


def _torch(name: str, x: Any) -> Any:
    return Call(f"torch.{name}", (x,))


def _truth(test: Any, x: Any) -> Any:
    """A comparison as zeros and ones."""
    return Method(test, "to", (Method(x, "dtype", None),))


def _relu(x: Any, _attrs: Any) -> Any:
    return _truth(Op(">", x, Lit(0)), x)


def _gelu(x: Any, _attrs: Any) -> Any:
    root = Op("*", x, Lit(0.5**0.5))
    bell = Call("torch.exp", (Op("*", Op("*", x, x), Lit(-0.5)),))
    area = Op("*", Op("+", _torch("erf", root), ONE), Lit(0.5))
    return Op("+", area, Op("*", Op("*", x, bell), Lit((2 * math.pi) ** -0.5)))


def _gelu_tanh(x: Any, _attrs: Any) -> Any:
    square = _torch("square", x)
    inner = Op("*", Op("*", x, Op("+", Op("*", square, Lit(GELU_CUBE)), ONE)), Lit(GELU_ROOT))
    t = _torch("tanh", inner)
    rise = Op("*", Op("+", Op("*", square, Lit(3 * GELU_CUBE)), ONE), Lit(0.5 * GELU_ROOT))
    side = Op("*", Op("*", x, Op("-", ONE, _torch("square", t))), rise)
    return Op("+", Op("*", Op("+", t, ONE), Lit(0.5)), side)


def _silu(x: Any, _attrs: Any) -> Any:
    s = _torch("sigmoid", x)
    return Op("*", s, Op("+", Op("*", x, Op("-", ONE, s)), ONE))


def _sigmoid(x: Any, _attrs: Any) -> Any:
    s = _torch("sigmoid", x)
    return Op("*", s, Op("-", ONE, s))


def _tanh(x: Any, _attrs: Any) -> Any:
    return Op("-", ONE, _torch("square", _torch("tanh", x)))


def _elu(x: Any, attrs: Mapping[str, Any]) -> Any:
    below = Op(
        "*", _torch("exp", Call("torch.clamp", (x,), {"max": Lit(0.0)})), Lit(attrs["alpha"])
    )
    return Call("torch.where", (Op(">", x, Lit(0)), Call("torch.ones_like", (x,)), below))


def _leaky(x: Any, attrs: Mapping[str, Any]) -> Any:
    slope = attrs["slope"]
    return Op("+", Op("*", _relu(x, attrs), Lit(1.0 - slope)), Lit(slope))


def _clamp(x: Any, attrs: Mapping[str, Any]) -> Any:
    signs = {"low": ">=", "high": "<="}
    sides = [_truth(Op(signs[k], x, Lit(attrs[k])), x) for k in signs if k in attrs]
    sides = sides or [Call("torch.ones_like", (x,))]
    return sides[0] if len(sides) == 1 else Op("*", *sides)


def _relu6(x: Any, attrs: Any) -> Any:
    return Op("*", _relu(x, attrs), _truth(Op("<", x, Lit(6)), x))


def _hardswish(x: Any, _attrs: Any) -> Any:
    above, below = _truth(Op(">", x, Lit(-3)), x), _truth(Op("<", x, Lit(3)), x)
    middle = Op("*", Op("*", above, below), Op("+", Op("*", x, Lit(1 / 3)), Lit(0.5)))
    return Op("+", middle, Op("-", ONE, below))


def _hardsigmoid(x: Any, _attrs: Any) -> Any:
    above, below = _truth(Op(">", x, Lit(-3)), x), _truth(Op("<", x, Lit(3)), x)
    return Op("*", Op("*", above, below), Lit(SIXTH))


def _mish(x: Any, _attrs: Any) -> Any:
    t = _torch("tanh", Call("F.softplus", (x,)))
    bend = Op("*", Op("*", x, _torch("sigmoid", x)), Op("-", ONE, _torch("square", t)))
    return Op("+", t, bend)


_SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "relu": _relu,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _silu,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "elu": _elu,
    "leaky_relu": _leaky,
    "clamp": _clamp,
    "relu6": _relu6,
    "hardswish": _hardswish,
    "hardsigmoid": _hardsigmoid,
    "mish": _mish,
    "softplus": lambda x, _: _torch("sigmoid", x),
    "exp": lambda x, _: _torch("exp", x),
    "log": lambda x, _: _torch("reciprocal", x),
    "sqrt": lambda x, _: Op("*", _torch("rsqrt", x), Lit(0.5)),
    "rsqrt": lambda x, _: Op("*", Op("/", _torch("rsqrt", x), x), Lit(-0.5)),
    "square": lambda x, _: Op("*", x, Lit(2.0)),
    "abs": lambda x, _: _torch("sign", x),
    "sin": lambda x, _: _torch("cos", x),
    "cos": lambda x, _: _torch("neg", _torch("sin", x)),
    "reciprocal": lambda x, _: _torch("neg", _torch("square", _torch("reciprocal", x))),
}
