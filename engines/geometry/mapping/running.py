"""Maps from several seeds of the data and of normal clouds, and what they keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, InputError
from engines.geometry.film.neighbours import METHODS, kept, nearest, onto
from engines.geometry.mapping.found import Found
from engines.geometry.mapping.judged import grouped, trusted
from engines.geometry.mapping.maps import one_cloud, pca
from engines.geometry.mapping.result import MappingFrame, MappingRun
from engines.geometry.mapping.spec import N_NEAR, MappingSpec

_LEAST = 40


@dataclass(frozen=True, eq=False)
class Source:
    """``x`` float64[stimulus, unit] and what every stimulus is called."""

    title: str
    x: np.ndarray
    kinds: tuple[str, ...]


def frames_of(spec: MappingSpec) -> Iterator[Frame | MappingRun]:
    """A frame per map, and the run last."""
    source = flat(drawn(source_of(spec), spec))
    if 3 * spec.neighbours >= len(source.x):
        raise InputError(
            f"{spec.neighbours:g} neighbours of {len(source.x)} stimuli are no neighbourhood; "
            f"take fewer than {len(source.x) // 3}"
        )
    rng = np.random.default_rng([spec.seed % 2**32, 1])
    clouds = [one_cloud(source.x, rng) for _ in range(spec.n_maps)]
    draw, last = METHODS[spec.method], 3 * spec.n_maps
    data, first, second = np.empty((3, spec.n_maps, len(source.x), 2))
    for k, cloud in enumerate(clouds):
        for part, (into, x, seed) in enumerate(
            ((data, source.x, k), (first, cloud, k), (second, cloud, spec.n_maps + k))
        ):
            yield MappingFrame(f"{spec.method}, map {3 * k + part + 1} of {last}",
                               fraction=0.9 * (3 * k + part) / last)  # fmt: skip
            into[k] = draw(x, spec.neighbours, spec.seed + seed)
    judged = []
    for k, (x, drawn_maps) in enumerate(
        ((source.x, data), *zip(clouds, first[:, None], strict=True))
    ):
        yield MappingFrame("maps are judged", fraction=0.9 + 0.1 * k / (spec.n_maps + 1))
        judged.append(_judged(x, drawn_maps, spec))
    ours, theirs = judged[0], judged[1:]
    nears = [[nearest(one, N_NEAR) for one in maps] for maps in (data, first, second)]
    pairs = list(zip(first, second, strict=True))
    near_pairs = list(zip(nears[1], nears[2], strict=True))
    turned = onto(data[1], data[0])[0]
    yield MappingRun(Found(
        spec, source.title,
        scores=np.stack([ours.scores, np.concatenate([one.scores for one in theirs])]),
        plain=np.stack([np.tile(ours.plain, (spec.n_maps, 1)),
                        np.stack([one.plain for one in theirs])]),
        own=np.stack([np.full(spec.n_maps, ours.own), np.array([one.own for one in theirs])]),
        agree=np.array([[kept(one, other) for other in nears[0]] for one in nears[0]]),
        apart=np.array([[onto(one, other)[1] for other in data] for one in data]),
        cloud_agree=np.array([kept(*pair) for pair in near_pairs]),
        cloud_apart=np.array([onto(*pair)[1] for pair in pairs]),
        places=np.stack([pca(source.x), data[0], turned, first[0]]),
        seen=theirs[0].groups, kinds=source.kinds,
    ))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Judged:
    """Scores of maps float64[map, 3] and of two components float64[3]; groups of the first map."""

    scores: np.ndarray
    plain: np.ndarray
    own: float
    groups: np.ndarray


def _judged(x: np.ndarray, maps: np.ndarray, spec: MappingSpec) -> Judged:
    near = nearest(x, N_NEAR)

    def of(drawn_map: np.ndarray) -> tuple[tuple[float, float, float], np.ndarray]:
        silhouette, groups = grouped(drawn_map, spec.n_groups, spec.seed)
        there = kept(near, nearest(drawn_map, N_NEAR))
        return (there, trusted(x, drawn_map, N_NEAR), silhouette), groups

    said = [of(one) for one in maps]
    own = grouped(x, spec.n_groups, spec.seed)[0]
    return Judged(np.array([one for one, _ in said]), np.array(of(pca(x))[0]), own, said[0][1])


def source_of(spec: MappingSpec) -> Source:
    """Pixels of digits, or a layer of a set at its last moment.

    Raises:
        InputError: a set or layer that is not there.
    """
    if not spec.source:
        from engines.lab.data.pictures import digits

        task = digits(0)
        x, y = np.concatenate([task.x, task.x_test]), np.concatenate([task.y, task.y_test])
        return Source("digits", x.astype(float), tuple(map(str, y.tolist())))
    from engines.geometry.activations.store import ActivationSet

    held = ActivationSet.named(spec.source)
    layer = spec.layer or held.layers[-1]
    if layer not in held.layers:
        raise InputError(f"there is no layer {layer!r}; this set has {', '.join(held.layers[:8])}")
    kinds = next(iter(held.labels.values()), ())
    return Source(layer, np.asarray(held.at(layer), float), tuple(map(str, kinds)))


def drawn(source: Source, spec: MappingSpec) -> Source:
    """At most as many stimuli as asked for, in the order that they had.

    Raises:
        InputError: too few stimuli.
    """
    n = len(source.x)
    if n < _LEAST:
        raise InputError(f"a map needs {_LEAST} stimuli or more, {source.title!r} has {n}")
    rng = np.random.default_rng([spec.seed % 2**32, 0])
    chosen = np.sort(rng.permutation(n)[: spec.n_stimuli])
    kinds = tuple(source.kinds[k] for k in chosen) if source.kinds else ()
    x = source.x[chosen]
    lost = int((~np.isfinite(x)).any(axis=1).sum())
    if lost:
        raise InputError(
            f"{lost} of {len(x)} stimuli in {source.title!r} hold values that are no finite "
            "numbers; leave them out of the set or take another layer"
        )
    if not np.ptp(x, axis=0).any():
        raise InputError(
            f"all {len(x)} stimuli in {source.title!r} are the same, and a map of one place shows "
            "nothing; take another layer"
        )
    return Source(source.title, x, kinds)


def flat(source: Source) -> Source:
    """Moved into the directions that they span, float64[stimulus, stimulus], where units are more.

    Distances and covariances stay; clouds need no more memory than as many stimuli.
    """
    n, n_units = source.x.shape
    if n_units <= n:
        return source
    import torch

    from engines.lab.training import one_thread

    left = source.x - source.x.mean(axis=0)
    with one_thread():
        across = torch.linalg.qr(torch.from_numpy(left.T.copy()), mode="r")[1]
    return Source(source.title, across.numpy().T.copy(), source.kinds)
