"""Races that the page offers."""

from __future__ import annotations

from engines.diagrams.learning.spec import DEEP, WIDE, Entrant, RaceSpec

_CHARACTERS = """def {name}(t: b w in v) -> b c
  size e = 16
  size h = 128
  size g = h
  z: b w e = Embed[Letters](t)
  u: b h = Linear+[In](z)
  a: b h = {word}(u)
  q: b g = Linear+[Second](a)
  d: b g = {word}(q)
  y: b c = Linear+[Out](d)
"""
_CONVOLUTION = """def Convolution(x: b i r s) -> b c
  size f = 12
  u: b f p q = Conv+[r s -> p q, i -> f, kernel=3, pad=1](x)
  a: b f p q = relu(u)
  m: b f j k = maxpool[p q -> j k, kernel=2, stride=2](a)
  y: b c = Linear+[Out](m)
"""
_PLAIN = """def Plain(x: b p) -> b c
  size h = 32
  z: b h = Linear+[In](x)
  block Layer x6: z -> z1
    size g = h
    u: b g = Linear+[A](z)
    z1: b h = relu(u)
  y: b c = Linear+[Out](z)
"""


def characters(name: str, word: str) -> Entrant:
    """A perceptron that reads twelve characters, with an elementwise word of one's choice."""
    return Entrant(name=name, text=_CHARACTERS.format(name=name, word=word))


_WIDE, _DEEP = Entrant(), Entrant(name="Deep", text=DEEP)
_ReLU_GELU = (characters("ReLU", "relu"), characters("GELU", "gelu"))

PRESETS: dict[str, RaceSpec] = {
    "Wide or deep, equal parameters": RaceSpec(),
    "Wide or deep, equal FLOPs": RaceSpec(match="FLOPs"),
    "ReLU or GELU, 500 steps": RaceSpec(
        entrants=_ReLU_GELU, task="characters", match="nothing", n_steps=500, n_seeds=8,
        learning_rates="0.003",
    ),
    "ReLU or GELU, 2,000 steps": RaceSpec(
        entrants=_ReLU_GELU, task="characters", match="nothing", n_steps=2_000, n_seeds=8,
        learning_rates="0.003",
    ),
    "Convolution or dense": RaceSpec(
        entrants=(_WIDE, Entrant(name="Convolution", text=_CONVOLUTION)), n_steps=500
    ),
    "The same under another name": RaceSpec(
        entrants=(_WIDE, Entrant(name="Also wide", text=WIDE.replace("Wide", "AlsoWide"))),
        match="nothing",
        learning_rates="0.003",
    ),
}  # fmt: skip
