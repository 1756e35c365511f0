"""What a run of induction heads shows: losses with onsets, heads by score, and where they look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Points, Table
from engines.geometry.transformers.induction_spec import InductionSpec
from engines.lab.statistics import mean_over, paired

EITHER = 0.5
"""Share right of who says either of the two labels in context."""
PLATEAU = float(np.log(2.0))
"""Nats of who does."""
_NEAR = 0.15
"""How close to that a loss counts as on the plateau, in nats."""
ABLATIONS = ("whole", "the strongest silenced", "the weakest silenced", "all silenced")
"""What is done to layer 2 after learning."""
LOSS, SCORE = 0, 1
NEW_ITEMS, DEALT_ANEW = 0, 1


@dataclass(frozen=True)
class Course:
    """What was measured so far.

    ``steps`` int64[moment]; ``loss`` and ``score`` float64[moment, arm, seed] on sequences that
    nobody learnt from; ``heads`` float64[moment, arm, seed, layer, head]: how much heads of layer 1
    look at the place before, and those of layer 2 from the query at the right label; ``by_hand``
    float64[moment, (loss, score)] of the network that is looked into, with its interventions.
    """

    steps: np.ndarray
    loss: np.ndarray
    score: np.ndarray
    heads: np.ndarray
    by_hand: np.ndarray


@dataclass(frozen=True)
class Inside:
    """One sequence in the network that is looked into.

    ``first`` float32[from, to, head] of layer 1, ``last`` float32[to, head] of layer 2, from the
    query.
    """

    first: np.ndarray
    last: np.ndarray


def even_scores(n_places: int) -> tuple[float, float]:
    """What heads score that look at all places alike: layer 1, layer 2.

    >>> [round(score, 3) for score in even_scores(5)]
    [0.321, 0.2]
    """
    return float(np.mean(1.0 / np.arange(2, n_places + 1))), 1.0 / n_places


def onsets(steps: np.ndarray, score: np.ndarray) -> np.ndarray:
    """float64[...]: first step at which a score is midway between either label and all right.

    nan where it never is. ``score`` is [moment, ...].
    """
    there = score >= (EITHER + 1.0) / 2.0
    first = steps[there.argmax(0)].astype(float)
    return np.where(there.any(0), first, np.nan)


@dataclass(frozen=True, eq=False)
class InductionFrame(Frame):
    """The course so far, and what the shown network does now."""

    spec: InductionSpec
    course: Course
    inside: Inside
    tokens: np.ndarray
    """int64[place]: the sequence that is shown."""

    def pictures(self) -> tuple[Picture, ...]:
        """Losses so far, heads and attention now."""
        return pictures(
            self.spec, self.course, len(self.course.steps) - 1, self.inside, self.tokens
        )


@dataclass(frozen=True, eq=False)
class InductionRun(Result):
    """The whole course.

    ``without`` float64[ablation, seed, (loss, score)]: of the networks with nothing held, after
    learning, see `ABLATIONS`; ``elsewhere`` float64[(new items, labels dealt anew), arm, seed]:
    share right on sequences of items that stood in none that were learnt from, and of learnt items
    with labels dealt anew.
    """

    spec: InductionSpec
    course: Course
    inside: tuple[Inside, ...]
    tokens: np.ndarray
    without: np.ndarray
    elsewhere: np.ndarray

    @property
    def onset(self) -> np.ndarray:
        """float64[arm, seed]: step at which half the way to all right is made; nan if never."""
        return onsets(self.course.steps, self.course.score)

    def onset_at_most(self, arm: str) -> np.ndarray:
        """float64[seed]: onsets of an arm, the last step for those that had none.

        So one that came late counts as too early, and a difference to it as too small.
        """
        found = self.onset[self.spec.arms.index(arm)]
        return np.where(np.isnan(found), self.course.steps[-1], found)

    def onset_of(self, arm: str) -> Estimate | None:
        """Mean onset of an arm over seeds; None where the run has no such arm."""
        if arm not in self.spec.arms:
            return None
        n = int(np.isnan(self.onset[self.spec.arms.index(arm)]).sum())
        late = f" ({n} not reached, counted as the last step)" if n else ""
        return mean_over(self.onset_at_most(arm), of=f"onset, {arm}{late}, steps", unit="seeds")

    def sooner(self, arm: str, other: str) -> Estimate | None:
        """Onset of an arm less that of another, seed by seed."""
        if arm not in self.spec.arms or other not in self.spec.arms:
            return None
        pairs = self.onset_at_most(other), self.onset_at_most(arm)
        return paired(*pairs, self.spec.seed).estimate(f"onset, {arm} less {other}", "seeds")

    def plateau(self, arm: str) -> np.ndarray:
        """float64[seed]: steps that a network spends at the loss of saying either label."""
        near = np.abs(self.course.loss[:, self.spec.arms.index(arm)] - PLATEAU) < _NEAR
        width = np.gradient(self.course.steps.astype(float))
        return (near * width[:, None]).sum(0)

    def plateau_of(self, arm: str) -> Estimate | None:
        """Mean over seeds; None where the run has no such arm."""
        if arm not in self.spec.arms:
            return None
        of = f"steps with a loss within {_NEAR:g} of ln 2, {arm}"
        return mean_over(self.plateau(arm), of=of, unit="seeds")

    def shorter(self, arm: str, other: str) -> Estimate | None:
        """Plateau of an arm less that of another, seed by seed."""
        if arm not in self.spec.arms or other not in self.spec.arms:
            return None
        pairs = self.plateau(other), self.plateau(arm)
        return paired(*pairs, self.spec.seed).estimate(f"plateau, {arm} less {other}", "seeds")

    @property
    def formed(self) -> np.ndarray:
        """bool[seed]: networks with nothing held that had their onset."""
        return ~np.isnan(self.onset[0])

    def silenced(self, what: int) -> Estimate | None:
        """Loss of networks that formed with heads of layer 2 silenced; None of fewer than three."""
        if self.formed.sum() < 3:
            return None
        of = f"loss with {ABLATIONS[what]}, nats"
        return mean_over(self.without[what, self.formed, LOSS], of=of, unit="networks")

    def costs_less(self, what: int, other: int) -> Estimate | None:
        """Loss with one ablation less that with another, network by network."""
        if self.formed.sum() < 3:
            return None
        one, two = (self.without[k, self.formed, LOSS] for k in (what, other))
        return paired(two, one, self.spec.seed).estimate("difference of losses", "networks")

    def right_elsewhere(self, what: int, arm: str) -> Estimate | None:
        """Share right on other sequences, mean over seeds."""
        if arm not in self.spec.arms:
            return None
        of = f"share right, {('items never seen', 'labels dealt anew')[what]}, {arm}"
        return mean_over(self.elsewhere[what, self.spec.arms.index(arm)], of=of, unit="seeds")

    def matching(self, arm: str) -> Estimate | None:
        """Attention of the strongest head of layer 2 to the right label, mean over seeds."""
        if arm not in self.spec.arms:
            return None
        best = self.course.heads[-1, self.spec.arms.index(arm), :, 1].max(-1)
        return mean_over(best, of=f"match of the strongest head, {arm}", unit="seeds")

    def moments(self) -> tuple[Frame, ...]:
        """One frame per moment."""
        n = len(self.course.steps)
        return tuple(
            InductionFrame(self.spec, _until(self.course, k), self.inside[k], self.tokens,
                           fraction=(k + 1) / n)
            for k in range(n)
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """The end of the course, what silencing costs, and a table."""
        last = len(self.course.steps) - 1
        drawn = pictures(self.spec, self.course, last, self.inside[-1], self.tokens)
        return (*drawn, self._silenced(), self._table())

    def _silenced(self) -> Bars:
        # A whisker needs two networks; three are asked for, as for a claim.
        found = [self.silenced(k) for k in range(len(ABLATIONS))]
        heights = np.array([np.nan if one is None else one.value for one in found])
        low = np.array([np.nan if one is None else one.low for one in found])
        high = np.array([np.nan if one is None else one.high for one in found])
        ticks = tuple((float(k), name) for k, name in enumerate(ABLATIONS))
        n = int(self.formed.sum())
        return Bars(
            f"Heads of layer 2 silenced after learning, {n} networks with nothing held that formed",
            heights, Axis("", ticks=ticks), Axis("loss", "nats"), whiskers=(low, high),
        )  # fmt: skip

    def _table(self) -> Table:
        arms = self.spec.arms
        rows: dict[str, list[str]] = {
            "onset (step)": [_said(self.onset_of(arm)) for arm in arms],
            "not reached": [f"{int(np.isnan(row).sum())} of {len(row)}" for row in self.onset],
            "steps near ln 2": [_said(self.plateau_of(arm)) for arm in arms],
            "right, items never seen": [
                _said(self.right_elsewhere(NEW_ITEMS, arm)) for arm in arms
            ],
            "right, labels dealt anew": [
                _said(self.right_elsewhere(DEALT_ANEW, arm)) for arm in arms
            ],
            "match of the strongest head": [_said(self.matching(arm)) for arm in arms],
        }
        columns: Mapping[str, tuple[str, ...]] = {
            "": arms, **{name: tuple(row) for name, row in rows.items()}
        }  # fmt: skip
        return Table(
            f"{self.spec.n_seeds} seeds per arm, means with 95 % t intervals over seeds; an onset "
            "that was not reached counts as the last step",
            columns,
        )

    def _elsewhere(self, what: int) -> list[str]:
        return [_said(self.right_elsewhere(what, arm)) for arm in self.spec.arms]


def _said(found: Estimate | None) -> str:
    return "" if found is None else f"{found.value:.3g} [{found.low:.3g}, {found.high:.3g}]"


def _until(course: Course, k: int) -> Course:
    here = slice(0, k + 1)
    return Course(course.steps[here], course.loss[here], course.score[here], course.heads[here],
                  course.by_hand[here])  # fmt: skip


def pictures(
    spec: InductionSpec, course: Course, at: int, inside: Inside, tokens: np.ndarray
) -> tuple[Picture, ...]:
    """Losses with onsets, heads by score, attention, and how the parts form."""
    arm, seed = spec.arm - 1, spec.network - 1
    chosen = heads_of(spec, course)
    return (
        _losses(spec, course),
        _heads(spec, course, at, arm, seed, chosen),
        *_attention(spec, inside, tokens, chosen),
        _parts(spec, course, arm),
        *((_by_hand(spec, course, arm, seed),) if spec.interventions else ()),
        _onsets(spec, course),
    )


def heads_of(spec: InductionSpec, course: Course) -> tuple[int, int]:
    """Heads that are drawn, from 0: those asked for, else the strongest so far."""
    now = course.heads[-1, spec.arm - 1, spec.network - 1]
    asked = spec.first_head, spec.second_head
    first, last = (n - 1 if n else int(now[k].argmax()) for k, n in enumerate(asked))
    return first, last


def _losses(spec: InductionSpec, course: Course) -> Curves:
    x, found = course.steps.astype(float), onsets(course.steps, course.score)
    lines, clouds, dots = {}, {}, {}
    for k, arm in enumerate(spec.arms):
        lines[arm], clouds[arm] = course.loss[:, k].mean(1), course.loss[:, k].T
        dots[arm] = np.where(np.isin(course.steps, found[k]), lines[arm], np.nan)
    return Curves(
        "Loss on new sequences; dots are onsets", x, lines, Axis("step"), Axis("loss", "nats"),
        clouds=clouds, dots=dots, large=True,
    )  # fmt: skip


def _heads(
    spec: InductionSpec, course: Course, at: int, arm: int, seed: int, chosen: tuple[int, int]
) -> Bars:
    """Both layers side by side, each with what an even look would give."""
    now, even = course.heads[at, arm, seed], even_scores(5)
    names, heights, kind = [], [], []
    for layer, of in enumerate(("1: looks one back", "2: at the right label")):
        for head in range(spec.n_heads):
            star = " •" if head == chosen[layer] else ""
            names.append(f"{layer + 1}.{head + 1}{star}")
            heights.append(now[layer, head])
            kind.append(of)
        names.append("even" + " " * layer)
        heights.append(even[layer])
        kind.append("even look")
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    title = f"Heads of network {seed + 1}, {spec.arms[arm]}, step {course.steps[at]:,}"
    return Bars(title, np.array(heights), Axis("layer.head", ticks=ticks), Axis("attention"),
                tuple(kind))  # fmt: skip


def _attention(
    spec: InductionSpec, inside: Inside, tokens: np.ndarray, chosen: tuple[int, int]
) -> tuple[Heatmap, Heatmap]:
    names = token_names(tokens, spec.n_labels)
    n = len(tokens)
    to = tuple((k + 0.5, name) for k, name in enumerate(names))
    first, last = inside.first[..., chosen[0]], inside.last[None, :, chosen[1]]
    seen = np.where(np.tri(n, dtype=bool), first, np.nan)
    return (
        Heatmap(f"Where head 1.{chosen[0] + 1} looks", seen, Axis("to", ticks=to),
                Axis("from", ticks=to), Axis("attention"), square=True),
        Heatmap(f"Where head 2.{chosen[1] + 1} looks from the query", last, Axis("to", ticks=to),
                Axis("from", ticks=((0.5, names[-1]),)), Axis("attention")),
    )  # fmt: skip


def token_names(tokens: np.ndarray, n_labels: int) -> tuple[str, ...]:
    """Items by letters in the order in which they come, labels by number, the query with "?".

    >>> token_names(np.array([7, 1, 9, 0, 9]), 5)
    ('A', '2', 'B', '1', 'B?')
    """
    items: dict[int, str] = {}
    names = []
    for token in tokens.tolist():
        letter = chr(65 + len(items))
        names.append(str(token + 1) if token < n_labels else items.setdefault(token, letter))
    return (*names[:-1], f"{names[-1]}?")


def _parts(spec: InductionSpec, course: Course, arm: int) -> Curves:
    x, even = course.steps.astype(float), even_scores(5)
    strongest = course.heads[:, arm].max(-1)
    lines = {
        "share right": course.score[:, arm].mean(1),
        "looks one back": strongest[:, :, 0].mean(1),
        "looks at the right label": strongest[:, :, 1].mean(1),
        "even, layer 1": np.full(len(x), even[0]),
        "even, layer 2": np.full(len(x), even[1]),
    }
    return Curves(
        f"How the parts form: the strongest head of each network, {spec.arms[arm]}",
        x, lines, Axis("step"), Axis("share, attention"),
    )  # fmt: skip


def _by_hand(spec: InductionSpec, course: Course, arm: int, seed: int) -> Curves:
    x = course.steps.astype(float)
    lines = {"as it is": course.loss[:, arm, seed], spec.interventions: course.by_hand[:, LOSS]}
    return Curves(f"Changed by hand: network {seed + 1}, {spec.arms[arm]}", x, lines, Axis("step"),
                  Axis("loss", "nats"))  # fmt: skip


def _onsets(spec: InductionSpec, course: Course) -> Points:
    found = onsets(course.steps, course.score)
    xy, kind = [], []
    for k, arm in enumerate(spec.arms):
        for seed, step in enumerate(found[k]):
            if np.isfinite(step):
                xy.append((step, len(spec.arms) - 1 - k + 0.06 * (seed - (spec.n_seeds - 1) / 2)))
                kind.append(arm)
    ticks = tuple((float(len(spec.arms) - 1 - k), arm) for k, arm in enumerate(spec.arms))
    missing = int(np.isnan(found).sum())
    late = f" ({missing} of {found.size} not reached)" if missing else ""
    return Points(f"Onset of each seed{late}", np.array(xy).reshape(-1, 2), Axis("step"),
                  Axis("", ticks=ticks), tuple(kind))  # fmt: skip
