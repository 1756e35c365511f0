"""Known answers of the workbench, each with the place it comes from."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.learning.deep_linear import euler, runge_kutta, strength_at
from engines.geometry.measures.capacity import statistical_dimension
from engines.geometry.measures.dichotomies import ccgp, parallelism, shattering
from engines.geometry.measures.dimension import participation_ratio, two_nn
from engines.geometry.measures.participation import participation_ratio_corrected
from engines.geometry.measures.probes import probe
from engines.geometry.measures.rdm import rdm, rgtm, upper_triangle
from engines.geometry.measures.similarity import cka, cka_debiased, procrustes_angle
from engines.geometry.measures.topology import barcode
from engines.geometry.tasks import hypercube as tasks

_ALLEMAN = "Alleman, Lindsey & Fusi 2024, arXiv 2401.13558; our generator, lr 0.1, noise 1"
_CUBE = "closed form: corners of a cube"
_SIMPLEX = "closed form: equidistant points"


def studio_answers() -> tuple[KnownAnswer, ...]:
    """The task family."""
    made = []
    for n_points, share in ((4, 0.5), (8, 0.5), (16, 1.0)):
        most = tasks.alignment_max(n_points, 1)
        made.append(
            KnownAnswer(
                f"CKA of inputs and parity, {n_points} points, c = {share:g} c_max",
                "closed form: c itself",
                share * most,
                1e-12,
                lambda n=n_points, c=share * most: _alignment(n, c),
            )
        )
    return tuple(made)


def _named_items() -> float:
    """Thirty items, eight times each, in directions of their own; labels are dealt to items."""
    rng = np.random.default_rng(1)
    item = np.repeat(np.arange(30), 8)
    x = rng.normal(size=(30, 60))[item] + 0.1 * rng.normal(size=(240, 60))
    return probe(x, tuple(map(str, item % 2)), tuple(map(str, item))).selectivity


def _alignment(n_points: int, c: float) -> float:
    kernel = tasks.input_kernel(n_points, 1, c)
    wanted = tasks.targets(n_points, 1) @ tasks.targets(n_points, 1).T
    return float((kernel * wanted).sum() / np.linalg.norm(kernel) / np.linalg.norm(wanted))


def metric_answers() -> tuple[KnownAnswer, ...]:
    """Every metric of a single representation or of two."""
    cube, simplex = tasks.hypercube(8), np.eye(8)
    own, parity = cube[:, 0] > 0, cube.prod(axis=1) > 0
    exclusive = cube[:, 0] * cube[:, 1] > 0
    i, j = np.ogrid[:9, :5]
    waves = np.sin(1.0 + 3 * i + 2 * j + i * j) + 0.3 * i
    return (
        KnownAnswer("participation ratio of a cube", _CUBE, 3.0, 1e-9,
                    lambda: participation_ratio(cube)),
        KnownAnswer("participation ratio of 8 equidistant points", _SIMPLEX, 7.0, 1e-9,
                    lambda: participation_ratio(simplex)),
        KnownAnswer("participation ratio of many stimuli and units, from 9 and 5",
                    "the authors' package dimensionality 0.1.4 (Chun et al. 2025)",
                    2.88012520287285, 1e-9, lambda: participation_ratio_corrected(waves)),
        KnownAnswer("parallelism of a cube's own axis", _CUBE, 1.0, 1e-9,
                    lambda: parallelism(cube, own)),
        KnownAnswer("parallelism of equidistant points", _SIMPLEX, 0.0, 1e-9,
                    lambda: parallelism(simplex, own)),
        KnownAnswer("CCGP of a cube's own axis", _CUBE, 1.0, 1e-9, lambda: ccgp(cube, own)),
        KnownAnswer("CCGP of XOR on a cube", _CUBE, 0.0, 1e-9, lambda: ccgp(cube, exclusive)),
        KnownAnswer("CCGP of parity on a cube", _CUBE, 0.0, 1e-9, lambda: ccgp(cube, parity)),
        KnownAnswer("separable dichotomies of a cube, of 35", _CUBE, 7.0, 0.0,
                    lambda: shattering(cube)[0]),
        KnownAnswer("separable dichotomies of 8 equidistant points, of 35", _SIMPLEX, 35.0, 0.0,
                    lambda: shattering(simplex)[0]),
        KnownAnswer("CKA of independent data, debiased, n = 100, p = 1000",
                    "Song et al. 2012: unbiased", 0.0, 0.05, lambda: _independent(debiased=True)),
        KnownAnswer("the same, biased", "Murphy et al. 2024: about n-p bias 0.909", 0.909, 0.01,
                    lambda: _independent(debiased=False)),
        KnownAnswer("capacity of points, classes per dimension", "Cover 1965", 2.0, 0.1,
                    lambda: 1.0 / statistical_dimension(np.ones((1, 3)), n_draws=4_000)),
        KnownAnswer("capacity of classes of four orthogonal points",
                    "closed form: an orthant, half of its dimensions", 0.5, 0.02,
                    lambda: 1.0 / statistical_dimension(np.eye(4), n_draws=2_000)),
        KnownAnswer("selectivity of a probe of what only names the item",
                    "Hewitt & Liang 2019: by construction none", 0.0, 0.05, _named_items),
        KnownAnswer("Procrustes angle of a turned copy", "closed form", 0.0, 1e-6, _turned),
        KnownAnswer("RGTM: share of pairs at 0, l = 0.2", "closed form: l", 0.2, 1.01 / 4950,
                    lambda: _saturation(at=0.0)),
        KnownAnswer("RGTM: share of pairs at 1, u = 0.8", "closed form: 1 - u", 0.2, 1.01 / 4950,
                    lambda: _saturation(at=1.0)),
        KnownAnswer("RGTM of d and of d cubed, largest difference",
                    "closed form: a function of ranks", 0.0, 0.0, _monotone),
        KnownAnswer("TwoNN of 2-dimensional points in 50 dimensions",
                    "Facco et al. 2017: the true dimension", 2.0, 0.15, lambda: _two_nn(2)),
        KnownAnswer("TwoNN of 10-dimensional points in 50 dimensions",
                    "Facco et al. 2017: the true dimension, biased down", 10.0, 0.8,
                    lambda: _two_nn(10)),
        KnownAnswer("longest loop of 4 points on a square of side 1",
                    "closed form: sqrt(2) - 1", 2**0.5 - 1, 1e-12, _square_loop),
    )  # fmt: skip


def _independent(*, debiased: bool) -> float:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 100, 1000))
    return cka_debiased(x, y) if debiased else cka(x, y)


def _turned() -> float:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((40, 12))
    turn, _ = np.linalg.qr(rng.standard_normal((12, 12)))
    return procrustes_angle(x, 3.0 * x @ turn + 5.0)


def _saturation(*, at: float) -> float:
    x = np.random.default_rng(2).standard_normal((100, 30))
    return float((upper_triangle(rgtm(rdm(x), 0.2, 0.8)) == at).mean())


def _monotone() -> float:
    d = rdm(np.random.default_rng(3).standard_normal((40, 20)))
    return float(np.abs(rgtm(d) - rgtm(d**3)).max())


def _two_nn(dimension: int) -> float:
    rng = np.random.default_rng(4)
    basis, _ = np.linalg.qr(rng.standard_normal((50, dimension)))
    return two_nn(rng.standard_normal((5000, dimension)) @ basis.T).dimension


def _square_loop() -> float:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    birth, death = barcode(rdm(corners, "euclidean")).bars1[0]
    return float(death - birth)


def phase_answers() -> tuple[KnownAnswer, ...]:
    """Tanh and ReLU at half of c_max and above, four seeds."""
    made = []
    for n in (4, 8):
        made += [
            KnownAnswer(f"tanh, {n} points: least target CKA for c >= c_max / 2", _ALLEMAN,
                        0.96, 0.06, lambda n=n: float(_ends(n)[0].min()), full=True),
            KnownAnswer(f"tanh minus ReLU, {n} points: least gap (above 0.10)", _ALLEMAN,
                        0.30, 0.20, lambda n=n: float((_ends(n)[0] - _ends(n)[1]).min()),
                        full=True),
        ]  # fmt: skip
    return tuple(made)


@lru_cache(maxsize=2)
def _ends(n_points: int) -> np.ndarray:
    """Mean target CKA [nonlinearity, alignment] at c = 0.5, 0.75 and 1 of c_max."""
    from engines.geometry.learning.phase_diagram import Phase, PhaseSpec, frames_of

    end = list(frames_of(PhaseSpec(n_points=n_points)))[-1]  # type: ignore[arg-type]
    assert isinstance(end, Phase)
    return end.values["target CKA"].mean(axis=-1)[:, 2:]


def saxe_answers() -> tuple[KnownAnswer, ...]:
    """Two integrators against the closed form."""
    saxe = "Saxe, McClelland & Ganguli 2014, closed form"
    return (
        KnownAnswer("Runge-Kutta, h = 1e-3: largest error", saxe, 0.0, 1e-9,
                    lambda: _error(runge_kutta, 1e-3)),
        KnownAnswer("Runge-Kutta: order", "theory: 4", 4.0, 0.1,
                    lambda: _order(runge_kutta)),
        KnownAnswer("gradient descent: order", "theory: 1 (Euler)", 1.0, 0.05,
                    lambda: _order(euler)),
        KnownAnswer("a real two-layer network at h = 1e-3: distance from theory", saxe, 0.0, 0.015,
                    _network),
    )  # fmt: skip


def _error(method: object, h: float) -> float:
    s, u0 = np.array([4.0, 3.0, 2.0, 1.0]), np.full(4, 1e-3)
    n = round(8 / h)
    theory = np.stack([strength_at(np.arange(n + 1) * h, v, 1e-3) for v in s], axis=1)
    return float(np.abs(method(u0, s, h, n) - theory).max())  # type: ignore[operator]


def _order(method: object) -> float:
    return float(np.log10(_error(method, 1e-2) / _error(method, 1e-3)))


def _network() -> float:
    from engines.geometry.learning.deep_linear import SaxeRun, SaxeSpec, frames_of

    spec = SaxeSpec(step_size=0.001)
    end = list(frames_of(spec))[-1]
    assert isinstance(end, SaxeRun)
    theory = np.stack([strength_at(end.t, s, spec.first) for s in spec.strengths], axis=1)
    return float(np.abs(end.strengths - theory).max())


_CLOCK = "arXiv 2602.16849: psi = 2 phi, three phases cancel, four do not"
_REBASIN = "Ainsworth, Hayase & Srinivasa 2023; digits, held out"


def modular_answers() -> tuple[KnownAnswer, ...]:
    """Networks written down, and one that is trained."""
    from engines.geometry.mechanisms.modular_addition import accuracy, analytic_weights

    every = list(range(1, 12))
    return (
        KnownAnswer("modular addition, p = 23: 11 frequencies x 3 phases, accuracy", _CLOCK, 1.0,
                    0.0, lambda: accuracy(*analytic_weights(23, every, 3))),
        KnownAnswer("1 frequency x 3 phases, accuracy", _CLOCK, 1.0, 0.0,
                    lambda: accuracy(*analytic_weights(23, [1], 3))),
        KnownAnswer("11 frequencies x 4 phases must fail: accuracy below 0.6", _CLOCK, 0.3, 0.3,
                    lambda: accuracy(*analytic_weights(23, every, 4))),
        KnownAnswer("trained, p = 23: accuracy", _CLOCK, 1.0, 0.0, lambda: _clock()[0], full=True),
        KnownAnswer("trained, p = 23: median |2 phi - psi| (rad)", _CLOCK, 0.0, 0.15,
                    lambda: _clock()[1], full=True),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _clock() -> tuple[float, float]:
    from engines.geometry.mechanisms.modular_addition import ModularRun, ModularSpec, frames_of

    end = list(frames_of(ModularSpec()))[-1]
    assert isinstance(end, ModularRun)
    return float(end.accuracies[-1]), float(end.errors[-1])


def matching_answers() -> tuple[KnownAnswer, ...]:
    """A planted permutation, and two trained networks."""
    return (
        KnownAnswer("planted permutation of 2 x 64 units: share recovered",
                    "closed form: the planted one", 1.0, 0.0, _planted),
        KnownAnswer("barrier of two networks with 512 units, matched (nats)", _REBASIN, 0.0, 0.02,
                    lambda: _barriers()["matched"], full=True),
        KnownAnswer("the same, as trained: above 0.1", _REBASIN, 0.55, 0.45,
                    lambda: _barriers()["as trained"], full=True),
    )  # fmt: skip


def _planted() -> float:
    from engines.geometry.mechanisms.weight_matching import permuted, weight_matching

    rng = np.random.default_rng(6)
    sizes = [64, 64, 64, 10]
    one = [(rng.standard_normal((a, b)), rng.standard_normal(b)) for a, b in pairwise(sizes)]
    planted = [rng.permutation(64), rng.permutation(64)]
    found = weight_matching(one, permuted(one, planted))
    back = [np.argsort(p) for p in planted]
    return float(np.mean([np.mean(f == b) for f, b in zip(found, back, strict=True)]))


@lru_cache(maxsize=1)
def _barriers() -> dict[str, float]:
    from engines.geometry.mechanisms.weight_matching import Matching, MatchingSpec, frames_of

    end = list(frames_of(MatchingSpec()))[-1]
    assert isinstance(end, Matching)
    return end.barriers()
