"""Every entry of the library against torch: the same numbers forward, and every gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional
from torch import Tensor, nn

from engines.diagrams.graph.sizes import numbers
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.library import LIBRARY
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.module import module_from_circuit
from engines.diagrams.running.verdict import Check, relative_error

F = torch.nn.functional
Reference = Callable[..., Any]
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "G": lambda row: torch.stack([row.sum(), row.prod()]),
    "H": lambda row, other: torch.stack([row.sum() * other.prod(), (row * row).sum()]),
    "f": lambda b, c: torch.outer(b.sum(0), c[:2]).repeat(4, 4) + b.sum(),
    "g": lambda a, f: torch.stack([a.sum() * f.sum(0)[:2]] * 8),
}


def _heads(m: Any, e: Tensor, x: Tensor) -> Tensor:
    """Torch's own multi-head attention with the diagram's weights, heads as it wants them."""
    k, h, d = m.Q.shape
    # torch keeps a head's numbers together (h k), the text says k h.
    qkv = torch.cat([w.transpose(0, 1).reshape(h * k, d) for w in (m.Q, m.K, m.V)])
    out = m.O.transpose(1, 2).reshape(d, h * k)
    found, _ = F.multi_head_attention_forward(
        e[:, None], x[:, None], x[:, None], d, h, qkv, None, None, None, False, 0.0, out, None,
        need_weights=False,
    )  # fmt: skip
    return found[:, 0]


def _multi_query(m: Any, x: Tensor, e: Tensor) -> Tensor:
    q = torch.einsum("ym,khm->hyk", e, m.Q)
    key, value = (F.linear(x, w).expand(len(q), -1, -1) for w in (m.K, m.V))
    o = F.scaled_dot_product_attention(q, key, value)
    return torch.einsum("hyk,mkh->ym", o, m.O)


def _rotary(_m: Any, q: Tensor, k: Tensor) -> Tensor:
    def turned(x: Tensor) -> Tensor:
        n, d = x.shape[-2:]
        rate = 10000.0 ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
        turn = torch.polar(torch.ones(n, d // 2, dtype=x.dtype), torch.arange(n)[:, None] * rate)
        pairs = torch.complex(x[..., : d // 2], x[..., d // 2 :]) * turn
        return torch.cat([pairs.real, pairs.imag], -1)

    return turned(q) @ turned(k).transpose(-1, -2) / q.shape[-1] ** 0.5


def _fourier(m: Any, v: Tensor) -> Tensor:
    """Complex numbers by torch itself."""
    wave = torch.fft.rfft(v)[..., :5]
    mixed = torch.einsum("bck,cdk->bdk", wave, torch.complex(m.Real, m.Imaginary))
    flat = F.conv1d(v, m.W_weight[..., None], m.W_bias)
    return torch.fft.irfft(mixed, v.shape[-1]) + flat


def _visual(m: Any, y: Tensor, x: Tensor) -> Tensor:
    def maps(weight: Tensor, image: Tensor) -> Tensor:
        k, h, c = weight.shape
        flat = F.conv2d(image[None], weight.reshape(k * h, c, 1, 1))[0]
        return flat.reshape(k, h, -1).permute(1, 2, 0)

    y, x = y.permute(2, 0, 1), x.permute(2, 0, 1)
    o = F.scaled_dot_product_attention(maps(m.Q, y), maps(m.K, x), maps(m.V, x))
    c, k, h = m.O.shape
    flat = o.permute(2, 0, 1).reshape(1, k * h, *y.shape[1:])
    return F.conv2d(flat, m.O.reshape(c, k * h, 1, 1))[0].permute(1, 2, 0)


def _layer(m: Any, x: Tensor, *, pre: bool) -> Tensor:
    """One encoder layer by functional torch, with the diagram's weights."""

    def norm(name: str, v: Tensor) -> Tensor:
        return F.layer_norm(
            v, v.shape[-1:], getattr(m, f"{name}_weight"), getattr(m, f"{name}_bias")
        )

    def forward_part(v: Tensor) -> Tensor:
        return F.linear(F.gelu(F.linear(v, m.up_weight, m.up_bias)), m.down_weight, m.down_bias)

    attention = m.MultiHeadAttention
    if pre:
        n = norm("n", x)
        x = x + _heads(attention, n, n)
        return x + forward_part(norm("p", x))
    x = norm("n", x + _heads(attention, x, x))
    return norm("Y", x + forward_part(x))


def _encoder(pre: bool) -> Reference:
    def reference(m: Any, x: Tensor) -> Tensor:
        for layer in m.Layer:
            x = _layer(layer, x, pre=pre)
        return x

    return reference


def _transformer(m: Any, s: Tensor, t: Tensor) -> Tensor:
    def norm(layer: Any, name: str, v: Tensor) -> Tensor:
        weight, bias = getattr(layer, f"{name}_weight"), getattr(layer, f"{name}_bias")
        return F.layer_norm(v, v.shape[-1:], weight, bias)

    def forward_part(layer: Any, v: Tensor) -> Tensor:
        p = layer.FeedForward
        return F.linear(F.relu(F.linear(v, p.up_weight, p.up_bias)), p.down_weight, p.down_bias)

    for layer in m.Encoder:
        n = norm(layer, "n", s + _heads(layer.self_, s, s))
        s = norm(layer, "E", n + forward_part(layer, n))
    for layer in m.Decoder:
        n = norm(layer, "n1", t + _heads(layer.self_, t, t))
        n = norm(layer, "n2", n + _heads(layer.cross, n, s))
        t = norm(layer, "Z", n + forward_part(layer, n))
    return t


def _gpt(m: Any, tokens: Tensor) -> Tensor:
    x = F.embedding(tokens, m.tokens) + m.positions
    for p in m.Layer:
        n = F.layer_norm(x, x.shape[-1:], p.n_weight, p.n_bias)
        q, k, v = (
            torch.einsum("bxm,hkm->bhxk", n, w) + b[:, None]
            for w, b in ((p.Q_weight, p.Q_bias), (p.K_weight, p.K_bias), (p.V_weight, p.V_bias))
        )
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + torch.einsum("bhxk,mhk->bxm", o, p.O_weight) + p.O_bias
        n = F.layer_norm(x, x.shape[-1:], p.n3_weight, p.n3_bias)
        x = x + F.linear(F.gelu(F.linear(n, p.up_weight, p.up_bias)), p.down_weight, p.down_bias)
    return F.linear(F.layer_norm(x, x.shape[-1:], m.l_weight, m.l_bias), m.head)


def _swiglu(m: Any, x: Tensor) -> Tensor:
    n = F.rms_norm(x, x.shape[-1:], m.n, 1e-6)
    return x + F.linear(F.silu(F.linear(n, m.gate)) * F.linear(n, m.up), m.down)


def _experts(m: Any, x: Tensor) -> Tensor:
    """One token and one expert at a time."""
    rows = []
    for token in x:
        best, which = torch.topk(m.router @ token, 2)
        parts = [F.silu(token @ m.up[e]) @ m.down[e] for e in which]
        rows.append(sum(w * p for w, p in zip(torch.softmax(best, 0), parts, strict=True)))
    return torch.stack(rows)  # type: ignore[arg-type]


def _recurrent(kind: str) -> Reference:
    def reference(m: Any, x: Tensor, *state: Tensor) -> Any:
        cell = m.Cell
        if kind == "lstm":
            rows = [cell.ih_weight.flatten(0, 1), cell.hh_weight.flatten(0, 1)]
            rows += [cell.ih_bias.flatten(), cell.hh_bias.flatten()]
            out, h, c = torch.lstm(
                x, [s[None] for s in state], rows, True, 1, 0.0, False, False, False
            )
            return out, h[0], c[0]
        gates = ("r", "z", "c")
        rows = [torch.cat([getattr(cell, f"{s}{g}_{w}") for g in gates])
                for w in ("weight", "bias") for s in ("i", "h")]  # fmt: skip
        out, h = torch.gru(x, state[0][None], rows, True, 1, 0.0, False, False, False)
        return out, h[0]

    return reference


def _graph(m: Any, e: Tensor, v: Tensor, r: Tensor, s: Tensor) -> Any:
    joined = torch.cat([e, r @ v, s @ v], 1)
    weight = torch.cat([m.edge_weight, m.receiver, m.sender], 1)
    edges = F.relu(F.linear(joined, weight, m.edge_bias))
    both = torch.cat([m.node_weight, m.sum], 1)
    return edges, F.relu(F.linear(torch.cat([v, r.T @ edges], 1), both, m.node_bias))


def _conv1d(m: Any, x: Tensor) -> Tensor:
    weight, bias = (m.y_weight, m.y_bias)
    return F.conv1d(x, weight, bias, stride=2, padding=2)


def _pools(_m: Any, x: Tensor) -> Any:
    return F.max_pool2d(x, 2), F.avg_pool2d(x, 2), F.adaptive_avg_pool2d(x, 1)[..., 0, 0]


def _norms(m: Any, x: Tensor) -> Tensor:
    x = F.batch_norm(x, None, None, m.n_weight, m.n_bias, training=True)
    x = F.group_norm(x, 4, m.g_weight, m.g_bias)
    x = F.instance_norm(x, weight=m.i_weight, bias=m.i_bias)
    return F.layer_norm(x, x.shape[1:], m.l_weight, m.l_bias)


def _bn_relu(m: Any, name: str, x: Tensor) -> Tensor:
    weight, bias = getattr(m, f"{name}_weight"), getattr(m, f"{name}_bias")
    return F.relu(F.batch_norm(x, None, None, weight, bias, training=True))


def _residual(m: Any, image: Tensor) -> Tensor:
    r = _bn_relu(m, "g", image.permute(3, 2, 0, 1))
    p = m.Residual
    a = _bn_relu(p, "g1", F.conv2d(r, p.a, stride=2))
    d = F.conv2d(_bn_relu(p, "g2", F.conv2d(a, p.c, padding=1)), p.d)
    return (d + F.conv2d(r, m.s, stride=2)).permute(2, 3, 1, 0)


def _resnet(m: Any, image: Tensor) -> Tensor:
    x = F.conv2d(image.permute(3, 2, 0, 1), m.H, padding=1)
    for p in m.Block:
        a = F.conv2d(_bn_relu(p, "g1", x), p.a)
        d = F.conv2d(_bn_relu(p, "g2", a), p.d, padding=1)
        x = x + F.conv2d(_bn_relu(p, "g3", d), p.i)
    pooled = F.adaptive_avg_pool2d(_bn_relu(m, "g", x), 1)[..., 0, 0]
    return F.softmax(F.linear(pooled, m.l_weight, m.l_bias), 1)


def _unet(m: Any, x: Tensor) -> Tensor:
    def conv(p: Any, name: str, v: Tensor, pad: int = 1) -> Tensor:
        return F.conv2d(v, getattr(p, f"{name}_weight"), getattr(p, f"{name}_bias"), padding=pad)

    def up(name: str, v: Tensor) -> Tensor:
        weight, bias = getattr(m, f"{name}_weight"), getattr(m, f"{name}_bias")
        return F.conv_transpose2d(v, weight, bias, 2)

    a = F.relu(conv(m.Down1, "ab", F.relu(conv(m.Down1, "a", x))))
    e = F.relu(conv(m.Down2, "ef", F.relu(conv(m.Down2, "e", F.max_pool2d(a, 2)))))
    f = F.relu(conv(m, "f", F.max_pool2d(e, 2)))
    g = F.relu(conv(m.Up1, "g", torch.cat([e, up("u1", f)], 1)))
    h = F.relu(conv(m.Up2, "h", torch.cat([a, up("u2", g)], 1)))
    return conv(m, "z", h, 0)


def _digits(m: Any, image: Tensor) -> Tensor:
    stack = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
                          nn.Linear(512, 10), nn.Softmax(0)).double()  # fmt: skip
    state = {
        f"{2 * k}.{s}": getattr(m, f"{n}_{s}")
        for k, n in enumerate("abd")
        for s in ("weight", "bias")
    }
    return torch.func.functional_call(stack, state, (image.flatten(),))


def _sdpa(**named: Any) -> Reference:
    return lambda _m, q, k, v: F.scaled_dot_product_attention(q, k, v, **named)


def _grouped(_m: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    b, g, h, y, d = q.shape
    found = F.scaled_dot_product_attention(q.reshape(b, g * h, y, d), k, v, enable_gqa=True)
    return found.reshape(b, g, h, y, d)


def _cached(_m: Any, q: Tensor, k: Tensor, k1: Tensor, v: Tensor, v1: Tensor) -> Tensor:
    keys, values = (torch.cat([old, new[None]]).transpose(0, 1) for old, new in ((k, k1), (v, v1)))
    return F.scaled_dot_product_attention(q[:, None], keys, values)[:, 0]


def _depthwise(m: Any, x: Tensor) -> Tensor:
    f = F.conv2d(x, m.f_weight, m.f_bias, padding=1, groups=6)
    return F.conv2d(f, m.g_weight, m.g_bias)


G, H = FUNCTIONS["G"], FUNCTIONS["H"]
REFERENCES: dict[str, Reference] = {
    "attention": _heads,
    "sdpa": _sdpa(),
    "causal": _sdpa(is_causal=True),
    "masked": lambda _m, q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask),
    "gqa": _grouped,
    "mqa": _multi_query,
    "cache": _cached,
    "rotary": _rotary,
    "visual": _visual,
    "pre-norm": _encoder(pre=True),
    "post-norm": _encoder(pre=False),
    "transformer": _transformer,
    "gpt": _gpt,
    "swiglu": _swiglu,
    "moe": _experts,
    "lstm": _recurrent("lstm"),
    "gru": _recurrent("gru"),
    "graph": _graph,
    "conv": _conv1d,
    "windows": _conv1d,
    "fourier": _fourier,
    "reach": lambda m, x: F.conv1d(
        x, m.y_weight, m.y_bias, padding=x.shape[-1] // 8, dilation=x.shape[-1] // 8
    ),
    "dilated": lambda m, x: F.conv2d(x, m.z_weight, m.z_bias, padding=2, dilation=2),
    "depthwise": _depthwise,
    "transposed": lambda m, x: F.conv_transpose2d(x, m.z_weight, m.z_bias, 2),
    "pools": _pools,
    "norms": _norms,
    "residual": _residual,
    "resnet": _resnet,
    "unet": _unet,
    "tensors": lambda _m, a, b, c: FUNCTIONS["g"](a, FUNCTIONS["f"](b, c)),
    "indexes": lambda _m, a: a[0, 0],
    "subtensor": lambda _m, a: a[2, :],
    "broadcast": lambda _m, a: torch.stack([G(row) for row in a]),
    "broadcast-index": lambda _m, a: G(a[2]),
    "inner": lambda _m, a, b: torch.stack([H(row, b) for row in a]),
    "inner-index": lambda _m, a, b: H(a[2], b),
    "elementwise": lambda _m, a: torch.tanh(a),
    "scores": lambda _m, q, k: torch.stack(
        [q[..., h] @ k[..., h].T / q.shape[1] ** 0.5 for h in range(q.shape[2])], -1
    ),
    "snake": lambda m, x: F.linear(F.linear(x, m.G), m.H),
    "transpose": lambda m, x: torch.tensordot(x.T, m.F.transpose(0, 2).transpose(1, 2), 2),
    "outer": lambda m, x, y: torch.outer(m.G @ x, m.H @ y),
    "digits": _digits,
}
REFERENCES["notes"] = _heads
REFERENCES["scores-steps"] = REFERENCES["scores"]


def proof(name: str, dtype: torch.dtype = torch.float64) -> tuple[Check, ...]:
    """One entry: its outputs and every gradient against torch, on the same weights and inputs."""
    entry = LIBRARY[name]
    diagram = circuit_from_text(entry.text)
    torch.manual_seed(0)
    module = module_from_circuit(diagram, entry.sizes, FUNCTIONS).to(dtype)
    inputs = example_inputs(diagram.graph.inputs, numbers(diagram, entry.sizes), dtype)
    inputs = tuple(t.requires_grad_() if t.is_floating_point() else t for t in inputs)
    ours, theirs = _tuple(module(*inputs)), _tuple(REFERENCES[name](module, *inputs))
    bound = 1e-12 if dtype == torch.float64 else 1e-5
    errors = [relative_error(a.detach(), b.detach()) for a, b in zip(ours, theirs, strict=True)]
    checks = [Check("forward", 0.0, 0.0, max(errors), bound)]
    leaves = [*(t for t in inputs if t.requires_grad), *module.parameters()]
    if leaves:
        checks.append(Check("gradients", 0.0, 0.0, _gradient_error(ours, theirs, leaves), bound))
    return tuple(checks)


def _gradient_error(
    ours: tuple[Tensor, ...], theirs: tuple[Tensor, ...], leaves: list[Tensor]
) -> float:
    generator = torch.Generator().manual_seed(1)
    cots = [
        torch.randn(o.shape, generator=generator, dtype=torch.float64).to(o.dtype) for o in ours
    ]
    found = []
    for outs in (ours, theirs):
        grads = torch.autograd.grad(outs, leaves, cots, allow_unused=True, materialize_grads=True)
        found.append(grads)
    scale = max(float(g.abs().max()) for g in found[1])
    return max(float((a - b).abs().max()) for a, b in zip(*found, strict=True)) / max(scale, 1e-300)


def _tuple(found: Any) -> tuple[Tensor, ...]:
    return found if isinstance(found, tuple) else (found,)
