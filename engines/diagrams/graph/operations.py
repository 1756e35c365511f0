"""The operations there are: the word of a text, and the kind and variant it stands for."""

from __future__ import annotations

import math

POINTWISE = [
    "relu",
    "gelu",
    "gelu_tanh",
    "silu",
    "sigmoid",
    "tanh",
    "exp",
    "log",
    "sqrt",
    "rsqrt",
    "square",
    "abs",
    "neg",
    "sin",
    "cos",
    "elu",
    "softplus",
    "leaky_relu",
    "clamp",
    "reciprocal",
    "relu6",
    "hardswish",
    "hardsigmoid",
    "mish",
    "sign",
    "step",
    "finite",
    "stop",
]


DERIVATIVES = [
    f"{name}'"
    for name in [
        "relu",
        "gelu",
        "silu",
        "sigmoid",
        "tanh",
        "exp",
        "log",
        "sqrt",
        "rsqrt",
        "square",
        "abs",
        "sin",
        "cos",
        "reciprocal",
        "gelu_tanh",
        "elu",
        "softplus",
        "leaky_relu",
        "clamp",
        "relu6",
        "hardswish",
        "hardsigmoid",
        "mish",
    ]
]
"""Of elementwise functions, written with a prime; backward diagrams use them."""


REALS = ["float64", "float32", "float16", "bfloat16"]
"""Precisions a cast may give."""
CASTS = [*REALS, "bool", "uint8", "int8", "int16", "int32", "int64"]
"""Kinds of number a cast may start from."""
COMBINE = ["add", "sub", "mul", "div", "maximum", "minimum", "same"]


REDUCE = ["sum", "mean", "max", "min", "prod", "norm"]


NUMBERS: dict[str, dict[str, float]] = {
    "leaky_relu": {"slope": 0.01},
    "elu": {"alpha": 1.0},
    "clamp": {"low": -math.inf, "high": math.inf},
}
"""Numbers that an elementwise function is given, and what they are when left out."""


NORMS = ["LayerNorm", "RMSNorm", "BatchNorm", "GroupNorm", "InstanceNorm"]


SPACE_KINDS: dict[str, tuple[str, str]] = {
    "view": ("view", ""),
    "rename": ("rename", ""),
    "permute": ("permute", ""),
    "save": ("permute", "save"),
    "load": ("permute", "load"),
    "expand": ("expand", ""),
    "concat": ("concat", ""),
    "slice": ("slice", ""),
    "put": ("put", ""),
    "index": ("index", ""),
    "Conv": ("conv", ""),
    "ConvT": ("conv", "T"),
    "maxpool": ("pool", "max"),
    "avgpool": ("pool", "avg"),
    "window": ("window", ""),
    "fft": ("waves", "fft"),
    "ifft": ("waves", "ifft"),
}


BACK_KINDS: dict[str, tuple[str, str]] = {
    "scatter": ("scatter", ""),
    "gather": ("gather", ""),
    "fold": ("fold", ""),
    "largest": ("places", "largest"),
    "smallest": ("places", "smallest"),
    "first": ("first", ""),
    "unfft": ("waves", "unfft"),
    "unifft": ("waves", "unifft"),
}

KINDS: dict[str, tuple[str, str]] = {
    "einsum": ("einsum", ""),
    "Linear": ("linear", ""),
    "Embed": ("embed", ""),
    "softmax": ("softmax", "softmax"),
    "log_softmax": ("softmax", "log_softmax"),
    "causal": ("causal", ""),
    "tril": ("causal", "tril"),
    "masked": ("masked", ""),
    "where": ("masked", "where"),
    "topk": ("topk", ""),
    "rotate": ("rotate", ""),
    "unrotate": ("rotate", "back"),
    "cast": ("cast", ""),
    "fn": ("fn", ""),
    "opaque": ("opaque", ""),
    "param": ("param", ""),
    "arange": ("const", "arange"),
    "ones": ("const", "ones"),
    "zeros": ("const", "zeros"),
    "eye": ("const", "eye"),
    **{name: ("pointwise", name) for name in POINTWISE},
    **{name: ("pointwise", name) for name in DERIVATIVES},
    **{name: ("combine", name) for name in COMBINE},
    **{name: ("reduce", name) for name in REDUCE},
    **{name: ("norm", name) for name in NORMS},
    **SPACE_KINDS,
    **BACK_KINDS,
}
