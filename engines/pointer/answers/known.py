"""Known answers of this workbench: solvers and networks against what others computed."""

from __future__ import annotations

from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from engines.contract import KnownAnswer
from engines.pointer.answers.published import TOUR_OPTIMUM

_SEED = 11
_PRINTED = {5: 2.12, 10: 2.87, 20: 3.83}


def solver_answers() -> tuple[KnownAnswer, ...]:
    """Hulls against qhull, tours against brute force and published means."""
    found = [
        KnownAnswer(
            f"hulls that differ from qhull, 10,000 instances, n = {n}",
            "scipy.spatial.ConvexHull (qhull)",
            0.0,
            0.0,
            partial(hulls_that_differ, n, 10_000),
            full=n == 50,
        )
        for n in (5, 10, 50)
    ]
    found += [
        KnownAnswer(
            f"Held-Karp against all tours, largest difference, n = {n}",
            "brute force over (n - 1)! orders",
            0.0,
            1e-12,
            partial(held_karp_difference, n),
        )
        for n in (5, 7, 8)
    ]
    for n, n_instances in ((5, 20_000), (10, 4_000), (20, 1_500)):
        known, error = TOUR_OPTIMUM[n]
        ours, ours_error = mean_tour(n, n_instances)
        found.append(
            KnownAnswer(
                f"mean optimal tour of {n} uniform cities, {n_instances:,} instances",
                f"{_PRINTED[n]} in Vinyals et al. 2015, Table 2; {known} from more instances",
                known,
                4 * float(np.hypot(error, ours_error)),
                lambda ours=ours: ours,
            )
        )
    return (*found, *_polygon_answers())


def _polygon_answers() -> list[KnownAnswer]:
    """Regular polygons: hull, tour and triangulation are known without a solver."""

    def tour() -> float:
        from engines.pointer.kernels import tours

        points = regular_polygon(12)
        return tours.tour_length(tours.distances(points), tours.held_karp(tours.distances(points)))

    side = 24 * np.sin(np.pi / 12)
    return [
        KnownAnswer("tour of a regular 12-gon", "closed form 2 n sin(pi/n)", side, 1e-12, tour),
        KnownAnswer(
            "vertices of the hulls of square grids of 3 to 9 points a side, most and least",
            "closed form: a square has four corners; points on its sides are no vertices",
            4.0,
            0.0,
            _grid_vertices,
        ),
    ]


def _grid_vertices() -> float:
    """Vertices of the hull of every grid; nan when two grids differ."""
    from engines.pointer.kernels.hulls import hulls

    sizes = set()
    for side in range(3, 10):
        grid = np.stack(np.meshgrid(*[np.arange(side, dtype=float)] * 2), axis=-1).reshape(-1, 2)
        shuffled = np.random.default_rng(side).permutation(grid)
        sizes.add(int((hulls(shuffled[None]) >= 0).sum()))
    return float(sizes.pop()) if len(sizes) == 1 else float("nan")


def regular_polygon(n: int) -> np.ndarray:
    """Corners float64[n, 2] on the unit circle, in an order that tells nothing."""
    angle = 2 * np.pi * np.random.default_rng(n).permutation(n) / n
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def hulls_that_differ(n: int, n_instances: int) -> float:
    """How many of our hulls are not qhull's."""
    from scipy.spatial import ConvexHull

    from engines.pointer.tasks import Hull
    from engines.pointer.tasks.protocol import same_cycle, trimmed

    points = np.random.default_rng(_SEED).random((n_instances, n, 2))
    ours = Hull().labels(points)
    theirs = (ConvexHull(here).vertices for here in points)
    return float(sum(not same_cycle(trimmed(a), b) for a, b in zip(ours, theirs, strict=True)))


def held_karp_difference(n: int, n_instances: int = 3) -> float:
    """Largest difference from the shortest of all tours."""
    from engines.pointer.kernels import tours

    most = 0.0
    for here in np.random.default_rng(_SEED).random((n_instances, n, 2)):
        between = tours.distances(here)
        orders = np.array([(0, *rest) for rest in permutations(range(1, n))])
        lengths = between[orders, np.roll(orders, -1, axis=1)].sum(axis=1)
        ours = tours.tour_length(between, tours.held_karp(between))
        most = max(most, abs(ours - float(lengths.min())))
    return most


def mean_tour(n: int, n_instances: int) -> tuple[float, float]:
    """Mean reference length of uniform tours, and its standard error."""
    from engines.pointer.kernels import tours

    points = np.random.default_rng(_SEED).random((n_instances, n, 2))
    found = tours.lengths(points, tours.tours(points, 7))
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(n_instances))


def network_answers() -> tuple[KnownAnswer, ...]:
    """Laws that hold for any weights, and the headers of the bundled ones."""
    kinds = ("set pointer", "Ptr-Net", "seq2seq")
    source = "the same sum in two orders"
    laws = [
        (f"taught and stepwise logits of {kind}", source, partial(teaching_difference, kind))
        for kind in kinds
    ]
    laws.append(("set pointer in another order", "equivariance", partial(equivariance_difference)))
    found = [KnownAnswer(f"largest difference, {t}", s, 0.0, 1e-5, ours) for t, s, ours in laws]
    untrained = "an untrained network with the mask"
    found.append(
        KnownAnswer(f"valid answers of {untrained}", "the mask's promise", 1.0, 0.0, valid_share)
    )
    found.append(
        KnownAnswer(
            "answers of a beam of width 1 that are not the greedy one",
            "the same search", 0.0, 0.0, beams_that_differ,
        )
    )  # fmt: skip
    found.append(
        KnownAnswer(
            "bundled files that another recipe has made than the published one",
            "engines/pointer/bundled/recipes.py, RECIPES", 0.0, 0.0, other_recipes,
        )
    )  # fmt: skip
    return (*found, *_shipped_answers())


def untrained(kind: str, n_max: int = 12) -> Any:
    """A small network with random weights that are not small, so that differences show."""
    import torch

    from engines.pointer.model import Network
    from engines.pointer.networks.build import network

    net = network(
        Network(kind=kind, d_model=32),  # type: ignore[arg-type]
        d_features=2,
        n_max=n_max,
        seed=3,
    )
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(3.0 if kind != "set pointer" else 1.0)
    return net.eval()


def teaching_difference(kind: str) -> float:
    """Largest difference between logits taught at once and decoded step by step."""
    import torch

    net = untrained(kind)
    rng = np.random.default_rng(5)
    features = torch.from_numpy(rng.random((4, 12, 2))).float()
    previous = torch.from_numpy(np.argsort(rng.random((4, 12)), axis=1))
    previous[:, 0] = -1
    with torch.no_grad():
        at_once = net(features, previous)
        memory = net.encode(features)
        state, stepwise = net.begin(memory), []
        for k in range(previous.shape[1]):
            logits, state = net.step(memory, state, previous[:, k])
            stepwise.append(logits)
    return float((at_once - torch.stack(stepwise, dim=1)).abs().max())


def equivariance_difference() -> float:
    """Largest difference between shuffled logits and the logits of shuffled points."""
    import torch

    net = untrained("set pointer")
    rng = np.random.default_rng(6)
    features = torch.from_numpy(rng.random((4, 12, 2))).float()
    order = torch.from_numpy(rng.permutation(12))
    previous = torch.from_numpy(np.argsort(rng.random((4, 12)), axis=1))
    previous[:, 0] = -1
    place = torch.empty_like(order)
    place[order] = torch.arange(12)
    renamed = torch.where(previous < 0, previous, place[previous.clamp(min=0)])
    with torch.no_grad():
        plain = net(features, previous)
        shuffled = net(features[:, order], renamed)
    return float((plain[..., [*order.tolist(), 12]] - shuffled).abs().max())


def beams_that_differ() -> float:
    """Of 40 instances over networks and tasks, how many a beam of 1 answers unlike greedy."""
    from engines.pointer.decoding.beam import beam
    from engines.pointer.decoding.greedy import decoded
    from engines.pointer.tasks import task_named
    from engines.pointer.tasks.protocol import trimmed

    rng, n_different = np.random.default_rng(8), 0
    for kind in ("set pointer", "Ptr-Net"):
        net = untrained(kind)
        for name in ("hull", "tour"):
            task = task_named(name)
            for points in task.generate(rng, 10, 9):
                greedy = trimmed(decoded(net, task, points[None]).answers[0])
                found = trimmed(beam(net, task, points, width=1).answers[0])
                n_different += not np.array_equal(greedy, found)
    return float(n_different)


def valid_share(n_instances: int = 200) -> float:
    """Share of valid answers of untrained set pointers over all tasks, mask on."""
    from engines.pointer.decoding.greedy import decoded
    from engines.pointer.tasks import task_named

    rng, valid = np.random.default_rng(7), []
    for name in ("hull", "tour", "delaunay", "inverse", "permutation"):
        task = task_named(name)
        points = task.generate(rng, n_instances, 8)
        answers = decoded(untrained("set pointer"), task, points, temperature=2.0, rng=rng).answers
        valid += [not task.check(p, a) for p, a in zip(points, answers, strict=True)]
    return float(np.mean(valid))


def other_recipes() -> float:
    """How many bundled files have a header whose recipe is not the one of their name."""
    from engines.pointer.bundled.recipes import RECIPES, TIMED
    from engines.pointer.networks.weights import headers

    told = {**RECIPES, **TIMED}
    return float(sum(told.get(name) != header.recipe for name, header in headers().items()))


def _shipped_answers() -> list[KnownAnswer]:
    """Fresh instances must be answered as well as the header says, to three standard errors."""
    from engines.pointer.networks.weights import headers

    found = []
    for name, header in headers().items():
        task = header.recipe.task
        for n, told in sorted(header.metrics.items(), key=lambda pair: int(pair[0])):
            score = "gap" if task == "tour" else "accuracy"
            n_instances = 400 if int(n) <= 50 else 100
            spread = told[f"{score} error"] * np.sqrt(told["instances"])
            error = np.hypot(told[f"{score} error"], spread / np.sqrt(n_instances))
            floor = 0.5 / n_instances
            found.append(
                KnownAnswer(
                    f"{name}: {score} at n = {n}, {n_instances} fresh instances",
                    f"header of assets/pointer/{name}.safetensors",
                    told[score],
                    max(3 * float(error), floor),
                    partial(shipped_score, name, int(n), n_instances, score),
                    full=int(n) > 50,
                )
            )
    return found


def shipped_score(name: str, n: int, n_instances: int, score: str) -> float:
    """Mean score of bundled weights on instances that no header speaks of."""
    from engines.pointer.networks import weights
    from engines.pointer.tasks import task_named
    from engines.pointer.training.evaluation import instances, means, scores

    loaded = weights.load(name)
    recipe = loaded.header.recipe
    task = task_named(recipe.task, canonical=recipe.canonical)
    return means(scores(loaded.net, task, instances(task, n, n_instances, 77)))[score]
