"""Your sentences through the layers of a real transformer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, InputError, Result, Spec, knob
from engines.contract.pictures import Picture
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationSet, ActivationWriter
from engines.geometry.film.film import Film, film_from_set
from engines.geometry.film.spec import FilmSpec

EXAMPLE = """food | A man is eating food.
food | A woman is having a piece of bread.
food | Someone is cooking pasta in a kitchen.
music | A girl plays the violin.
music | The band is tuning its guitars.
music | He hums a quiet song.
space | The probe entered orbit around Mars.
space | Astronomers saw a distant galaxy."""
SENTENCES_MAX = 200


class SentencesSpec(Spec):
    """Sentences, one per line; a word before a bar is the sentence's class."""

    text: str = knob(
        EXAMPLE, label="Sentences", max_length=40_000,
        help="One per line; 'class | sentence' gives it a class.", group="Sentences",
    )  # fmt: skip
    tap: Literal["residual", "attention", "mlp"] = knob(
        "residual", label="Tap", group="Model",
        help="Residual stream, what attention adds, or hidden units of the MLP.",
    )  # fmt: skip


def parsed(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences, each once, and their classes ("" without one).

    Raises:
        InputError: none, too many, or fewer than two.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        kind, bar, sentence = line.partition("|")
        sentence, kind = (sentence.strip(), kind.strip()) if bar else (line.strip(), "")
        if sentence:
            found.setdefault(sentence, kind)
    if not 2 <= len(found) <= SENTENCES_MAX:
        raise InputError(
            f"write 2 to {SENTENCES_MAX} different sentences, one per line; got {len(found)}"
        )
    return tuple(found), tuple(found.values())


@dataclass(frozen=True, eq=False)
class SentencesRun(Result):
    """The film whose moments are the levels of the model."""

    spec: SentencesSpec
    film: Film
    n_tokens: int

    def pictures(self) -> tuple[Picture, ...]:
        """Those of the film."""
        return self.film.pictures()


@dataclass(frozen=True)
class Reading(Frame):
    """The model reads."""


def frames_of(spec: SentencesSpec) -> Iterator[Reading | SentencesRun]:
    """A frame before the model runs, and the film last."""
    from engines.geometry.own_data.minilm import taps

    sentences, classes = parsed(spec.text)
    yield Reading(fraction=0.1)
    found = taps(sentences)
    yield Reading(fraction=0.7)
    values = found.pooled(spec.tap)
    first = 0 if spec.tap == "residual" else 1
    names = [f"{spec.tap} {k + first}" for k in range(len(values))]
    name = f"minilm-{spec.digest()[:12]}"
    writing = library.fresh_folder(name)
    labels = {"class": classes} if any(classes) else {}
    labels["words"] = tuple(str(len(s.split())) for s in sentences)
    writer = ActivationWriter(
        writing,
        dict.fromkeys(names, int(values.shape[2])),
        sentences,
        labels=labels,
        provenance={
            "title": "MiniLM-L6",
            "model": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
            "tap": spec.tap,
            "pooling": "mean over tokens",
        },
    )
    writer.append(dict(zip(names, np.nan_to_num(values), strict=True)))
    writer.close()
    stored = ActivationSet(library.publish(writing, name))
    chosen = FilmSpec(source=name, layers=tuple(names), over="layers")
    film = film_from_set(stored, chosen)
    yield SentencesRun(spec, film, sum(map(len, found.tokens)))
