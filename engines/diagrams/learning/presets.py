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


_CRRELU = "word crrelu(x, e=0.01) = relu(x) + e*x*exp(-x^2/2)\n\n"
"""Sun et al. 2024, section 4: a learned number for each layer."""
_POLYRELU = (
    "word polyrelu(x, a=0.3333, b=0.3333, c=0.3333) = a*relu(x) + b*relu(x)^2 + c*relu(x)^3\n\n"
)
"""Zhuo et al. 2024: powers of ReLU up to the third, starts of their repository."""
_POLYNORM = """word part(x, a=0.3333) = a*x
word rest(x, a=0.3333, d=0) = a*x + d

def PolyNorm(t: b w in v) -> b c
  size e = 16
  size h = 128
  size g = h
  z: b w e = Embed[Letters](t)
  u: b h = Linear+[In](z)
  u2: b h = square(u)
  u3: b h = mul(u2, u)
  m1: b h = RMSNorm[h, affine=0](u)
  m2: b h = RMSNorm[h, affine=0](u2)
  m3: b h = RMSNorm[h, affine=0](u3)
  p1: b h = rest(m1)
  p2: b h = part(m2)
  p3: b h = part(m3)
  s1: b h = add(p1, p2)
  a: b h = add(s1, p3)
  q: b g = Linear+[Second](a)
  q2: b g = square(q)
  q3: b g = mul(q2, q)
  n1: b g = RMSNorm[g, affine=0](q)
  n2: b g = RMSNorm[g, affine=0](q2)
  n3: b g = RMSNorm[g, affine=0](q3)
  r1: b g = rest(n1)
  r2: b g = part(n2)
  r3: b g = part(n3)
  s2: b g = add(r1, r2)
  d: b g = add(s2, r3)
  y: b c = Linear+[Out](d)
"""
"""Zhuo et al. 2024: powers up to the third, each normed before it is weighed, and a bias."""
_STREAM = """def {name}(x: b p) -> b c
  size m = {stream}
  size h = {hidden}
  size k = h
  z: b m = Linear[Lift{fixed}](x)
  n: b m = RMSNorm[m, affine=0](z)
  u: b h = Linear+[Up](n)
  a: b h = relu(u)
  v: b m = Linear+[Down](a)
  r: b m = add(z, v)
  o: b m = RMSNorm[m, affine=0](r)
  w: b k = Linear+[Up2](o)
  e: b k = relu(w)
  f: b m = Linear+[Down2](e)
  s: b m = add(r, f)
  y: b c = Linear+[Out](s)
"""
_USUAL = """def Usual(x: b p) -> b c
  size h = 80
  size k = h
  n: b p = RMSNorm[p, affine=0](x)
  u: b h = Linear+[Up](n)
  a: b h = relu(u)
  v: b p = Linear+[Down](a)
  r: b p = add(x, v)
  o: b p = RMSNorm[p, affine=0](r)
  w: b k = Linear+[Up2](o)
  e: b k = relu(w)
  f: b p = Linear+[Down2](e)
  s: b p = add(r, f)
  y: b c = Linear+[Out](s)
"""
_HIDDEN = """def Hidden(x: b p) -> b c
  size h = 64
  size g = h
  u: b h = Linear+[In](x)
  a: b h = tanh(u)
  v: b g = Linear+[Second](a)
  d: b g = tanh(v)
  y: b c = Linear+[Out](d)
"""
_LINEAR = """def Line(x: b p) -> b c
  y: b c = Linear+[W](x)
"""
_SMALL = """def MLP(x: b p) -> b c
  size h = 4
  u: b h = Linear+[In](x)
  a: b h = tanh(u)
  y: b c = Linear+[Out](a)
"""
_QUADRATIC = """def Quadratic(x: b p) -> b c
  u: b c = Linear+[First](x)
  v: b c = Linear+[Second](x)
  s: b p = square(x)
  w: b c = Linear[Squares](s)
  m: b c = mul(u, v)
  y: b c = add(m, w)
"""


def characters(name: str, word: str, said: str = "") -> Entrant:
    """A perceptron that reads twelve characters, with an elementwise word of one's choice.

    ``said`` is the line that says what the word is, where the language has none.
    """
    return Entrant(name=name, text=said + _CHARACTERS.format(name=name, word=word))


def stream(name: str, width: int, hidden: int, *, fixed: bool) -> Entrant:
    """Two residual blocks on a stream of a width, whose lift from the input may stay as drawn."""
    text = _STREAM.format(name=name, stream=width, hidden=hidden, fixed=", fixed=1" * fixed)
    return Entrant(name=name, text=text)


_WIDE, _DEEP = Entrant(), Entrant(name="Deep", text=DEEP)
_ReLU_GELU = (characters("ReLU", "relu"), characters("GELU", "gelu"))

_POLYNORMS = (*_ReLU_GELU, Entrant(name="PolyNorm", text=_POLYNORM))
_HOURGLASS = (
    Entrant(name="Usual", text=_USUAL),
    stream("Hourglass", 128, 32, fixed=True),
    stream("Learned", 128, 32, fixed=False),
)
"""Sizes of the second and third are solved for, so that all learn as many numbers."""

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
    "CRReLU, a word of one's own": RaceSpec(
        entrants=(*_ReLU_GELU, characters("CRReLU", "crrelu", _CRRELU)), task="characters",
        match="nothing", n_steps=500, n_seeds=8, learning_rates="0.003",
    ),
    "PolyReLU, learned powers": RaceSpec(
        entrants=(*_ReLU_GELU, characters("PolyReLU", "polyrelu", _POLYRELU)), task="characters",
        match="nothing", n_steps=500, n_seeds=8, learning_rates="0.003",
    ),
    "PolyNorm, 500 steps": RaceSpec(
        entrants=_POLYNORMS, task="characters", match="nothing", n_steps=500, n_seeds=8,
        learning_rates="0.003",
    ),
    "PolyNorm, 2,000 steps": RaceSpec(
        entrants=_POLYNORMS, task="characters", match="nothing", n_steps=2_000, n_seeds=8,
        learning_rates="0.003",
    ),
    "Hourglass, 500 steps": RaceSpec(
        entrants=_HOURGLASS, task="clean digits", match_axis="h", n_steps=500, n_seeds=6,
        learning_rates="0.003",
    ),
    "Hourglass, 2,500 steps": RaceSpec(
        entrants=_HOURGLASS, task="clean digits", match_axis="h", n_steps=2_500, n_seeds=6,
        learning_rates="0.003",
    ),
    "Quadratic neurons on a ring": RaceSpec(
        entrants=(
            Entrant(name="MLP", text=_SMALL), Entrant(name="Line", text=_LINEAR),
            Entrant(name="Quadratic", text=_QUADRATIC),
        ),
        task="ring", match="nothing", n_steps=400, n_seeds=20, learning_rates="0.05",
    ),
    "Quadratic neurons on XOR": RaceSpec(
        entrants=(
            Entrant(name="MLP", text=_SMALL), Entrant(name="Line", text=_LINEAR),
            Entrant(name="Quadratic", text=_QUADRATIC),
        ),
        task="XOR", match="nothing", n_steps=400, n_seeds=20, learning_rates="0.05",
    ),
    "Convolution or dense": RaceSpec(
        entrants=(_WIDE, Entrant(name="Convolution", text=_CONVOLUTION)), n_steps=500
    ),
    "Which way errors go back": RaceSpec(
        entrants=(
            Entrant(name="Backprop", text=_HIDDEN),
            Entrant(name="Feedback alignment", text=_HIDDEN, rule="feedback alignment"),
            Entrant(name="Last layer only", text=_HIDDEN, rule="last layer only"),
            Entrant(name="Direct feedback", text=_HIDDEN, rule="direct feedback alignment"),
        ),
        match="nothing",
    ),
    "The same under another name": RaceSpec(
        entrants=(_WIDE, Entrant(name="Also wide", text=WIDE.replace("Wide", "AlsoWide"))),
        match="nothing",
        learning_rates="0.003",
    ),
}  # fmt: skip
