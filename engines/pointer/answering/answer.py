"""One instance answered by a network, held against the reference."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from engines.pointer.answering.attention_maps import encoder_maps
from engines.pointer.answering.other_metrics import between_of, scored, solved
from engines.pointer.answering.results import Answer
from engines.pointer.decoding.greedy import Decoded
from engines.pointer.decoding.variants import Best, best, variants
from engines.pointer.instances.checked import Instance, checked
from engines.pointer.instances.distributions import drawn
from engines.pointer.instances.tsplib import tour_length
from engines.pointer.model import UNTRAINED, Recipe, SolveSpec
from engines.pointer.networks import weights
from engines.pointer.tasks import Task, task_named
from engines.pointer.tasks.protocol import targets_from_answers, trimmed


def answered(spec: SolveSpec) -> Answer:
    """The network's answer to one instance beside the reference.

    Raises:
        InputError: points or weights that cannot be used.
    """
    task = task_of(spec)
    instance = checked(_rows_of(spec), task)
    between = None if instance.degenerate else between_of(spec, instance)
    reference, name, exact = _reference(task, instance, spec, between)
    if instance.degenerate:
        return _degenerate(spec, task, instance, reference)
    net, told, notices = network_of(spec, len(instance.points))
    found = _found(net, task, instance.unit, spec, between)
    maps = None
    if spec.maps:
        maps, reason = encoder_maps(net, task, instance.unit)
        notices = (*notices, reason) if reason else notices
    right = reference, name, exact
    return _answer(spec, task, instance, found, right, told, notices, between, maps)


def _rows_of(spec: SolveSpec) -> object:
    return spec.points or drawn(spec.distribution, spec.n_points, spec.seed)


def task_of(spec: SolveSpec) -> Task:
    """The task as the weights that answer were taught it."""
    name = weights_name(spec)
    if name == UNTRAINED:
        return task_named(spec.task)
    return task_named(
        spec.task, canonical=weights.load(name, task=spec.task).header.recipe.canonical
    )


def weights_name(spec: SolveSpec) -> str:
    """Which weights answer: those asked for, the bundled ones of the task, or random ones."""
    if spec.weights:
        return spec.weights
    found = [k for k, header in weights.headers().items() if header.recipe.task == spec.task]
    return found[0] if found else UNTRAINED


def network_of(spec: SolveSpec, n: int) -> tuple[Any, str, tuple[str, ...]]:
    """A network, what it is in words, and what to know of it."""
    name = weights_name(spec)
    if name == UNTRAINED:
        note = "these weights are random: train some for this task, then choose them under Network"
        return _random_network(spec.task), "an untrained set pointer", (note,)
    found = weights.load(name, task=spec.task)
    recipe = found.header.recipe
    told = f"{recipe.network.kind} {name}, trained at n = {recipe.n_min} to {recipe.n_max}"
    if recipe.n_min <= n <= recipe.n_max:
        return found.net, told, ()
    outside = f"outside trained n {recipe.n_min} to {recipe.n_max}: there are {n} points"
    return found.net, told, (outside,)


@lru_cache(maxsize=8)
def _random_network(task: str) -> Any:
    from engines.pointer.networks.build import network

    recipe = Recipe(task=task)  # type: ignore[arg-type]
    return network(recipe.network, d_features=task_named(task).d_features, n_max=5, seed=0)


def _reference(
    task: Task, instance: Instance, spec: SolveSpec, between: np.ndarray | None
) -> tuple[np.ndarray, str, bool]:
    n = len(instance.points)
    if n < task.n_min:
        return np.arange(n), "trivial", True
    if between is None or spec.metric == "plane":
        found = task.solve(instance.unit[None])
    else:
        found = solved(instance.unit, between)
    return trimmed(found.answers[0]), found.name, found.exact


def _found(
    net: Any, task: Task, points: np.ndarray, spec: SolveSpec, between: np.ndarray | None
) -> Best:
    if spec.decoder == "beam":
        from engines.pointer.decoding.beam import beam

        return _first(beam(net, task, points, width=spec.width, mask=spec.mask), len(points))
    sampled = spec.decoder == "sampling"
    asked = variants(
        task,
        points,
        starts=spec.starts and len(points) <= 100,
        symmetries=spec.symmetries,
        samples=spec.samples if sampled else 1,
    )
    temperature = spec.temperature if sampled else 0.0
    return best(
        net, task, points, asked,
        mask=spec.mask, temperature=temperature, seed=spec.seed, between=between,
    )  # fmt: skip


def _first(found: Decoded, n: int) -> Best:
    """The best of a beam; steps after its stop are left out."""
    choices = found.choices[0]
    size = int(np.argmax(choices == n)) + 1 if (choices == n).any() else len(choices)
    return Best(
        trimmed(found.answers[0]),
        choices[:size],
        found.distributions[0][:size],
        float(found.log_probability[0]),
        len(found.answers),
    )


def _answer(
    spec: SolveSpec,
    task: Task,
    instance: Instance,
    found: Best,
    right: tuple[np.ndarray, str, bool],
    network: str,
    notices: tuple[str, ...],
    between: np.ndarray | None,
    maps: np.ndarray | None,
) -> Answer:
    reference, name, exact = right
    points, n = instance.unit, len(instance.points)
    size = int(np.argmax(found.choices == n)) + 1 if (found.choices == n).any() else None
    polished = None if between is None or not spec.polish else _polished(between, found.answer)
    if between is None:
        scores = task.score(points[None], found.answer[None], reference[None])
        scores = {k: float(v[0]) for k, v in scores.items()}
    else:
        scores = scored(between, found.answer, reference)
    wrong = task.check(points, found.answer)
    return Answer(
        spec=spec,
        points=points,
        kept=instance.kept,
        answer=found.answer,
        choices=found.choices[:size],
        distributions=found.distributions[:size],
        reference=reference,
        targets=targets_from_answers(task, reference[None], n)[0],
        reference_name=name,
        exact=exact,
        log_probability=found.log_probability,
        network=network,
        violations=tuple((v.sentence, v.points) for v in wrong),
        scores=tuple(scores.items()),
        lengths=_lengths(task, instance, found, reference, polished, between),
        polished=np.zeros(0, np.int64) if polished is None else polished,
        notices=(*instance.notices, *notices),
        drawing=task.drawing,
        title=task.title,
        n_variants=found.n_variants,
        maps=maps,
    )


def _degenerate(spec: SolveSpec, task: Task, instance: Instance, right: np.ndarray) -> Answer:
    none = np.zeros(0, np.int64)
    return Answer(
        spec=spec,
        points=instance.unit,
        kept=instance.kept,
        answer=none,
        choices=none,
        distributions=np.zeros((0, len(instance.points) + 1), np.float32),
        reference=right,
        targets=none,
        reference_name="trivial",
        exact=True,
        log_probability=0.0,
        network="not asked",
        violations=(),
        scores=(("accuracy", float("nan")), (task.quality, float("nan"))),
        lengths=(),
        polished=none,
        notices=(*instance.notices, instance.degenerate),
        drawing=task.drawing,
        title=task.title,
    )


def _polished(between: np.ndarray, answer: np.ndarray) -> np.ndarray | None:
    from engines.pointer.kernels import tours

    if len(np.unique(answer)) != len(between) or len(answer) != len(between):
        return None
    return tours.polished(between, answer)


def _lengths(
    task: Task,
    instance: Instance,
    found: Best,
    reference: np.ndarray,
    polished: np.ndarray | None,
    between: np.ndarray | None,
) -> tuple[tuple[str, float], ...]:
    """Of every tour there is, in the instance's own coordinates and metric."""
    if between is None:
        return ()
    rows = [("reference", reference)]
    if not task.check(instance.unit, found.answer):
        rows.append(("network", found.answer))
    if polished is not None:
        rows.append(("network, then 2-opt", polished))
    return tuple((k, tour_length(between, tour)) for k, tour in rows)
