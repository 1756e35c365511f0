"""What a run of motifs shows: times, members, ranks and scores, each with its shifted control."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics import mean_over

_TICKS_MAX = 8
FOUND, SHIFTED = "found", "recording shifted"


def _names(n: int) -> list[str]:
    return [f"motif {k + 1}" for k in range(n)]


def _scaled(columns: np.ndarray) -> np.ndarray:
    most = columns.max(axis=0, initial=0.0)
    return columns / np.where(most > 0, most, 1.0)


def _neurons(names: tuple[str, ...], label: str = "neuron") -> Axis:
    step = max(1, -(-len(names) // _TICKS_MAX))
    # The axis says what they are.
    ticks = tuple((k + 0.5, names[k].removeprefix("neuron ")) for k in range(0, len(names), step))
    return Axis(label, ticks=ticks)


def time_picture(
    at: np.ndarray, unit: str, time: np.ndarray, planted: np.ndarray,
    title: str = "Motifs through time",
) -> Curves:  # fmt: skip
    """Each motif's strength over its largest; rings are what was planted, in the same colour."""
    found, truth = _scaled(time), _scaled(planted)
    names = _names(found.shape[1])
    dots = {}
    for k in range(min(truth.shape[1], len(names))):
        # Every third moment, so that the line stays visible between the rings.
        shown = np.where(np.arange(len(at)) % 3 == 0, truth[:, k], np.nan)
        dots[names[k]] = shown
    lines = dict(zip(names, found.T, strict=True))
    says = f"{title} (rings: planted)" if dots else title
    return Curves(says, at, lines, Axis("time", unit), Axis("strength", "of its largest"),
                  dots=dots)  # fmt: skip


def member_picture(
    names: tuple[str, ...], member: np.ndarray, pair: np.ndarray, shifted: np.ndarray
) -> Heatmap:
    """Who belongs to which motif: planted, found, and found in the shifted recording."""
    from engines.connectome.recordings.motifs import membership

    n = len(names)
    parts = {
        "planted": member.T.astype(float),
        FOUND: membership(pair, n),
        "shifted": membership(shifted, n),
    }
    parts = {name: values for name, values in parts.items() if values.size}
    ticks = [
        (k + 0.5, f"{name} {j + 1}" if j == 0 else f"{j + 1}")
        for name, values in parts.items()
        for j in range(values.shape[1])
        for k in [sum(v.shape[1] for v in _before(parts, name)) + j]
    ]
    return Heatmap(
        "Who belongs to which motif", np.concatenate(list(parts.values()), axis=1),
        Axis("motif", ticks=tuple(ticks)), _neurons(names),
        Axis("affinity"),
    )  # fmt: skip


def _before(parts: dict[str, np.ndarray], name: str) -> list[np.ndarray]:
    names = list(parts)
    return [parts[one] for one in names[: names.index(name)]]


def affinity_picture(names: tuple[str, ...], pair: np.ndarray, shifted: np.ndarray) -> Heatmap:
    """Pairs of the strongest motif, found above the diagonal and shifted below it."""
    strongest = [int(np.argmax(np.linalg.norm(p, axis=0))) for p in (pair, shifted)]
    return _halves(
        f"Motif {strongest[0] + 1}: found above, shifted below",
        pair[:, strongest[0]], shifted[:, strongest[1]], names,
    )  # fmt: skip


def affinity_then(
    at: float, unit: str, together: np.ndarray, shifted: np.ndarray, names: tuple[str, ...]
) -> Heatmap:
    """Affinities of one moment as the motifs say them."""
    upper = np.triu_indices(len(names), 1)
    return _halves(
        f"At {at:g} {unit}: found above, shifted below",
        together[upper], shifted[upper], names,
    )  # fmt: skip


def _halves(title: str, above: np.ndarray, below: np.ndarray, names: tuple[str, ...]) -> Heatmap:
    n = len(names)
    values, upper = np.zeros((n, n)), np.triu_indices(n, 1)
    values[upper] = above
    values.T[upper] = below
    return Heatmap(title, values, _neurons(names), _neurons(names, "other neuron"),
                   Axis("affinity"), square=True)  # fmt: skip


def rank_picture(ranks: tuple[int, ...], scanned: np.ndarray) -> Curves:
    """What is left over ranks, found and shifted, and how far two starts agree."""
    lines = {
        "left, found": scanned[:, 0],
        "left, shifted": scanned[:, 1],
        "two starts agree": scanned[:, 2],
    }
    return Curves("How many motifs", np.array(ranks, float), lines, Axis("motifs looked for"),
                  Axis("share"))  # fmt: skip


def score_picture(score: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Means of all scores over recordings with their intervals, control beside each."""
    asked = [k for k in range(len(names)) if np.isfinite(score[:, :, k]).all()]
    heights, low, high, kind, ticks = [], [], [], [], []
    for place, k in enumerate(asked):
        ticks.append((2.0 * place + 0.5, names[k]))
        for which, side in enumerate((FOUND, SHIFTED)):
            values = score[:, which, k]
            heights.append(float(values.mean()))
            kind.append(side)
            drawn = len(values) > 1 and np.ptp(values) > 0
            made = mean_over(values, of=names[k], unit="recordings") if drawn else None
            low.append(made.low if made else np.nan)
            high.append(made.high if made else np.nan)
    return Bars(
        f"Scores of {len(score)} recordings", np.array(heights), Axis("", ticks=tuple(ticks)),
        Axis("score"), tuple(kind), whiskers=(np.array(low), np.array(high)),
    )  # fmt: skip


def animal_picture(animal: np.ndarray, planted: np.ndarray) -> Heatmap:
    """How strongly each motif is there in each animal, planted beside found."""
    parts = [_scaled(planted), _scaled(animal)] if planted.size else [_scaled(animal)]
    labels = ["planted", FOUND][-len(parts) :]
    ticks, start = [], 0
    for name, values in zip(labels, parts, strict=True):
        ticks += [
            (start + j + 0.5, f"{name} {j + 1}" if j == 0 else f"{j + 1}")
            for j in range(values.shape[1])
        ]
        start += values.shape[1]
    rows = tuple((k + 0.5, str(k + 1)) for k in range(len(animal)))
    return Heatmap("In which animals", np.concatenate(parts, axis=1),
                   Axis("motif", ticks=tuple(ticks)), Axis("animal", ticks=rows),
                   Axis("strength", "of the strongest"))  # fmt: skip


def left_picture(left: np.ndarray, n_silenced: int) -> Bars:
    """What is left of each motif after the lesion, beside random lesions of equal size."""
    heights, low, high, kind, ticks = [], [], [], [], []
    for k in range(left.shape[1]):
        random = mean_over(left[1:, k], of="left", unit="lesions")
        heights += [float(left[0, k]), random.value]
        low += [np.nan, random.low]
        high += [np.nan, random.high]
        kind += ["this lesion", f"{len(left) - 1} random ones"]
        ticks.append((2.0 * k + 0.5, f"motif {k + 1}"))
    return Bars(
        f"What is left without {n_silenced} neurons", np.array(heights),
        Axis("", ticks=tuple(ticks)), Axis("left", "of the whole motif"), tuple(kind),
        whiskers=(np.array(low), np.array(high)),
    )  # fmt: skip
