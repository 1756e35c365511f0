"""Pictures of a dictionary: its latents, one of them looked into and added, and all controls."""

from __future__ import annotations

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Bars, Curves, Picture, Points, Table
from engines.geometry.dictionaries.concepts import FAMILIES
from engines.geometry.dictionaries.found import (
    ARMS,
    BY_LOSS,
    BY_NOISE,
    BY_OTHERS,
    FACTORS,
    KINDS_,
    LEARNT,
    PARTS_,
    PARTS_OF_ERROR,
    PRINCIPAL,
    PROBE,
    RANDOM,
    SHUFFLED,
    UNLEARNT,
    Drawn,
    Found,
)
from engines.geometry.dictionaries.steering import LATENT, MEANS, OTHER_LATENT, RANDOM_WAY
from engines.lab.data.clauses import WORDS, tokens

STRENGTH, START = 8.0, 3.0
"""Largest strength, and the one to begin with, in typical amounts of the latent."""
_SHORT = {LEARNT: "dictionary", RANDOM: "random net", SHUFFLED: "shuffled", UNLEARNT: "not learnt",
          PRINCIPAL: "PCA", PROBE: "probe", FACTORS: "semi-NMF",
          BY_LOSS: "by loss", BY_OTHERS: "others' loss", BY_NOISE: "by noise"}  # fmt: skip
_WAYS = (LATENT, OTHER_LATENT, RANDOM_WAY, MEANS)
_N_LINES = 6
_PICKED, _NOT = "looked into", ""


def pictures_of(run: Found, latent: int, strength: float) -> tuple[Picture, ...]:
    """Every picture, one latent looked into."""
    return (
        latents(run.drawn, latent),
        *steering(run, latent, strength),
        named_by(run),
        left_by(run),
        steered_by(run),
        examples(run.drawn, latent),
        figures(run),
    )


def said(drawn: Drawn, latent: int) -> str:
    """A latent for people: its number and what it says best."""
    return f"latent {latent + 1}, {drawn.names[latent]}"


def latents(drawn: Drawn, latent: int) -> Points:
    """Every latent that speaks: how often, and how well it says its concept."""
    alive = drawn.listed
    share = np.log10(np.maximum(drawn.share, 1e-9))
    marks = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    low = share[alive].min() if len(alive) else -3.0
    ticks = tuple((float(np.log10(m)), f"{m:g}") for m in marks if np.log10(m) >= low - 0.2)
    rows = [*alive, latent]
    kind = [f"says {FAMILIES[drawn.family[k]][:-1]}" for k in alive] + ["looked into"]
    xy = np.stack([share[rows], drawn.score[rows]], axis=1)
    return Points(f"Latents; {said(drawn, latent)}", xy,
                  Axis("share of words at which it speaks", ticks=ticks),
                  Axis("correlation with its concept"), tuple(kind))  # fmt: skip


def steering(run: Found, latent: int, strength: float) -> tuple[Curves, Bars]:
    """Chances of the next word while a latent is added to the last word, and at one strength."""
    drawn, token = run.drawn, tokens(run.spec.prompt)
    strengths = np.linspace(-STRENGTH, STRENGTH, 33)
    step = float(drawn.typical[latent]) * drawn.directions[latent].astype(float)
    held = drawn.reader.levels(token)[drawn.level]
    added = np.append(strengths, [0.0, strength])[:, None] * step
    chances = drawn.reader.steered(drawn.level, held, added)
    *course, plain, now = chances
    moved = np.ptp(course, axis=0)
    words = np.argsort(-moved, kind="stable")[:_N_LINES]
    lines = {WORDS[k]: np.array(course)[:, k] for k in words}
    nearest = np.abs(strengths - strength).argmin()
    dots = {name: np.where(np.arange(len(strengths)) == nearest, line, np.nan)
            for name, line in lines.items()}  # fmt: skip
    curves = Curves(f"Added: {said(drawn, latent)}", strengths, lines,
                    Axis("strength, in typical amounts"), Axis("chance of the next word"),
                    dots=dots)  # fmt: skip
    # Words do not change with the strength, so that the picture is moved and not made anew.
    first = list(np.argsort(-plain, kind="stable")[:5])
    most = np.argsort(-np.max(course, axis=0), kind="stable")
    words = first + [int(k) for k in most if k not in first][:5]
    return curves, _next_words(run.spec.prompt, words, plain, now, strength)


def _next_words(
    prompt: str, words: list[int], plain: np.ndarray, now: np.ndarray, strength: float
) -> Bars:
    heights = np.stack([plain[words], now[words]], axis=1).ravel()
    x = np.arange(len(heights), dtype=float)
    ticks = tuple((2.0 * k + 0.5, WORDS[word]) for k, word in enumerate(words))
    *_, last = ["", *prompt.split()]
    return Bars(f'Next word after "... {last}" at {strength:+.3g}', heights, Axis("", ticks=ticks),
                Axis("chance"), ("as it is", "steered") * len(words), x)  # fmt: skip


def named_by(run: Found) -> Bars:
    """Correlation of concepts with what says each best, family by family, arm by arm."""
    arms = [arm for arm in (LEARNT, BY_LOSS, BY_OTHERS, BY_NOISE, RANDOM, SHUFFLED, UNLEARNT,
                            PRINCIPAL, FACTORS, PROBE)
            if np.isfinite(run.scores[arm]).all()]  # fmt: skip
    heights, low, high, kind, ticks = [], [], [], [], []
    for k, arm in enumerate(arms):
        ticks.append((4.0 * k + 1.0, _SHORT[arm]))
        for family, name in (*enumerate(FAMILIES), (-1, "")):
            found = run.score(arm, family) if name else None
            heights.append(found.value if found else np.nan)
            low.append(found.low if found else np.nan)
            high.append(found.high if found else np.nan)
            kind.append(name or FAMILIES[0])
    n = 4 * len(arms) - 1
    return Bars("What says words, kinds, parts of a sentence?", np.array(heights[:n]),
                Axis("", ticks=tuple(ticks)), Axis("correlation"), tuple(kind[:n]),
                np.arange(n, dtype=float),
                (np.array(low[:n]), np.array(high[:n])))  # fmt: skip


def left_by(run: Found) -> Bars:
    """Share of variance that each arm leaves."""
    arms = [arm for arm in (LEARNT, BY_LOSS, BY_OTHERS, BY_NOISE, PRINCIPAL, FACTORS, SHUFFLED,
                            RANDOM, UNLEARNT)
            if np.isfinite(run.left[arm]).all()]  # fmt: skip
    found = [run.unexplained(arm) for arm in arms]
    return _bars("Variance left", [one for one in found if one], [_SHORT[arm] for arm in arms],
                 "share of variance")  # fmt: skip


def steered_by(run: Found) -> Bars:
    """How far directions lead to what follows another kind of word, or another part."""
    found = [run.steers(way, family) for family in (KINDS_, PARTS_) for way in _WAYS]
    names = ("latent", "another", "random", "means") * 2
    ends = np.array([[one.low, one.high] if one else [np.nan] * 2 for one in found])
    heights = np.array([one.value if one else np.nan for one in found])
    x = np.array([0.0, 1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 8.0])
    kind = ("to another kind",) * len(_WAYS) + ("to another part",) * len(_WAYS)
    return Bars("Steered to what comes behind it", heights,
                Axis("", ticks=tuple(zip(x.tolist(), names, strict=True))),
                Axis("1 is there, 0 no nearer"), kind, x, (ends[:, 0], ends[:, 1]))  # fmt: skip


def _bars(title: str, found: list[Estimate], names: list[str] | tuple[str, ...], y: str) -> Bars:
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    ends = np.array([[one.low, one.high] for one in found]).reshape(-1, 2)
    return Bars(title, np.array([one.value for one in found]), Axis("", ticks=ticks), Axis(y),
                whiskers=(ends[:, 0], ends[:, 1]))  # fmt: skip


def examples(drawn: Drawn, latent: int) -> Table:
    """Where a latent speaks most, the word in brackets."""
    rows = [
        (f"{amount:.2f}", " ".join(f"[{WORDS[t]}]" if k == place else WORDS[t]
                                   for k, t in enumerate(window[max(0, place - 6) : place + 3],
                                                        max(0, place - 6))))
        for window, place, amount in zip(drawn.examples[latent], drawn.place[latent],
                                         drawn.amount[latent], strict=True)
        if amount > 0
    ]  # fmt: skip
    amounts, windows = (tuple(column) for column in zip(*rows, strict=True)) if rows else ((), ())
    return Table(f"Where {said(drawn, latent)} speaks most", {"amount": amounts, "words": windows})


def figures(run: Found) -> Table:
    """Every arm in numbers, means over networks."""
    arms = [arm for arm in range(len(ARMS)) if np.isfinite(run.scores[arm]).all()]
    columns: dict[str, tuple[str, ...]] = {"arm": tuple(ARMS[arm] for arm in arms)}
    for k, family in enumerate(FAMILIES):
        columns[f"correlation, {family}"] = tuple(f"{run.scores[a, :, k].mean():.3f}" for a in arms)
    for k, name in enumerate(("kinds of several words", "kinds dealt to words")):
        columns[name] = tuple(f"{run.control[a, :, k].mean():.3f}" for a in arms)
    for name, values in (("variance left", run.left), ("directions that speak", run.alive),
                         ("at one word", run.active),
                         ("loss with it in place, rise in nats", run.extra)):  # fmt: skip
        columns[name] = tuple(_number(float(values[a].mean())) for a in arms)
    if np.isfinite(run.alive[BY_LOSS]).all():
        columns["more speak by the loss than here (95 %)"] = tuple(
            _more_by_loss(run, a) for a in arms
        )
    error = ", ".join(
        f"{part} {run.error[0, :, k].mean():.2f}" for k, part in enumerate(PARTS_OF_ERROR)
    )
    n = run.spec.n_seeds
    title = f"Means of {n} networks (loss {run.loss.mean():.3f} nats); R² of a line to the {error}"
    return Table(title, columns)


def _more_by_loss(run: Found, arm: int) -> str:
    """How many more latents speak when chosen by the loss, beside other choices of dictionaries."""
    found = run.more_speak(BY_LOSS, arm) if arm in (LEARNT, BY_OTHERS, BY_NOISE) else None
    return f"{found.value:.1f} [{found.low:.1f}, {found.high:.1f}]" if found else ""


def _number(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else ""
