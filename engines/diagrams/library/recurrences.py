"""One recurrence in two guises: linear attention with a mask, and a state that is carried along.

Katharopoulos et al. 2020, Transformers are RNNs, arXiv 2006.16236; with a gate for each step it is
the scalar case of a selective state space model (Dao & Gu 2024, arXiv 2405.21060). With a softmax
in between there is no such state.
"""

from __future__ import annotations

from engines.contract import KnownAnswer

ATTENTION = """def LinearAttention(q: t k, p: s k, v: s d) -> t d
  w: t s = einsum(q, p)
  m: t s = tril[t s](w)
  y: t d = einsum(m, v)
"""
CARRIED = """def Carried(q: t k, p: t k, v: t d, S: k d) -> t d, k d
  scan Step over t: S -> S1 collect Y = y
    o: k d = einsum(p, v)
    S1: k d = add(S, o)
    y: d = einsum(q, S1)
  return Y, S1
"""
GATED = """def Gated(q: t k, p: s k, v: s d, c: t, e: s) -> t d
  w: t s = einsum(q, p)
  g: t s = sub(c, e)
  h: t s = exp(g)
  u: t s = mul(w, h)
  m: t s = tril[t s](u)
  y: t d = einsum(m, v)
"""
SELECTIVE = """def Selective(q: t k, p: t k, v: t d, a: t, S: k d) -> t d, k d
  scan Step over t: S -> S1 collect Y = y
    o: k d = einsum(p, v)
    f: k d = mul(S, a)
    S1: k d = add(f, o)
    y: d = einsum(q, S1)
  return Y, S1
"""
SOFTMAX = ATTENTION.replace("tril[t s](w)", "causal[t s](w)").replace(
    "  y: t d = einsum(m, v)", "  n: t s = softmax[s](m)\n  y: t d = einsum(n, v)"
)
_TEXTS = {"linear": ATTENTION, "carried": CARRIED, "gated": GATED, "selective": SELECTIVE,
          "softmax": SOFTMAX}  # fmt: skip


def recurrence_answers() -> tuple[KnownAnswer, ...]:
    """Both guises give the same numbers."""
    return (
        KnownAnswer("causal linear attention less a state that is carried, largest difference",
                    "closed form: sums in another order, Katharopoulos et al. 2020", 0.0, 1e-12,
                    lambda: apart("linear", "carried")),
        KnownAnswer("masked linear attention less a gated state, largest difference",
                    "closed form: products of gates, Dao & Gu 2024", 0.0, 1e-12,
                    lambda: apart("gated", "selective")),
    )  # fmt: skip


def apart(together: str, in_turn: str, n_steps: int = 24) -> float:
    """Largest difference of what two of the texts say of the same random numbers, float64."""
    import torch

    from engines.diagrams.language.check import circuit_from_text
    from engines.diagrams.running.module import module_from_circuit

    draw = torch.Generator().manual_seed(0)
    q, p, v = (torch.randn(n_steps, 5, generator=draw, dtype=torch.float64) for _ in range(3))
    gate = 0.5 + 0.5 * torch.rand(n_steps, generator=draw, dtype=torch.float64)
    log, state = gate.log().cumsum(0), torch.zeros(5, 5, dtype=torch.float64)
    given = {
        "linear": (q, p, v), "softmax": (q, p, v), "carried": (q, p, v, state),
        "gated": (q, p, v, log, log), "selective": (q, p, v, gate, state),
    }  # fmt: skip
    sizes = {"t": n_steps, "s": n_steps, "k": 5, "d": 5}
    said = []
    for name in (together, in_turn):
        found = module_from_circuit(circuit_from_text(_TEXTS[name]), sizes)(*given[name])
        said.append(found[0] if isinstance(found, tuple) else found)
    return float((said[0] - said[1]).abs().max())
