"""Where recordings of several animals come from, and who of them a lesion text silences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engines.connectome.opening.kept import load_recording
from engines.connectome.recordings.affinity import moments
from engines.connectome.recordings.motifs import Truth, planted_truth
from engines.connectome.recordings.preparing import together
from engines.connectome.recordings.recording import BOLD_DT_S, PEOPLE, bold
from engines.connectome.wiring.connectome import Connectome, Provenance
from engines.connectome.wiring.selection import neurons
from engines.contract import InputError
from engines.lab.data.motifs import motifs_in_time

if TYPE_CHECKING:
    from collections.abc import Mapping

AFFINITIES_MAX = 20_000_000
"""Numbers of a differential graph: moments, animals, pairs."""


@dataclass(frozen=True, eq=False)
class Source:
    """Traces float64[animal, step, neuron] with what is known of the neurons."""

    traces: np.ndarray
    names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Texts a lesion may name, one per neuron."""
    member: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), bool))
    """bool[motif, neuron]; empty where nothing was planted."""
    truth: Truth | None = None
    title: str = "Planted motifs (synthetic)"
    dt_s: float = 1.0
    """Between two steps; 1 where steps are frames."""
    notes: tuple[str, ...] = ("Synthetic: motifs were planted.",)

    def silenced(self, text: str) -> np.ndarray:
        """bool[neuron]: whom a lesion text names; it means the same as on a wiring.

        Raises:
            InputError: a part that fits nobody.
        """
        where = Provenance("recording", "recording")
        known = Connectome("this recording", self.names, (), where, self.columns)
        gone = np.zeros(len(self.names), bool)
        gone[neurons(known, text)] = True
        return gone


def people_at_rest() -> Source:
    """Five people, 94 regions each; time is the scanner's."""
    people = [bold(person + 1) for person in range(len(PEOPLE))]
    said = (
        "Five people at rest, one after the other: time is the scanner's, so nothing has to "
        "happen at the same time in two of them."
    )
    return Source(
        np.stack([one.traces for one in people]), people[0].names, title="Five people at rest",
        dt_s=BOLD_DT_S, notes=(said,),
    )  # fmt: skip


def own_animals(digest: str, dt_s: float, window: float) -> Source:
    """A recording that was brought; of several animals what all of them have.

    Raises:
        InputError: none was opened, or more moments and pairs than are held.
    """
    if not digest:
        raise InputError("open a file of your own first, under Own recording")
    opened = load_recording(digest)
    traces, names, step = together(opened, dt_s=dt_s)
    n_animals, n_steps, n = traces.shape
    n_values = len(moments(n_steps, window)) * n_animals * n * (n - 1) // 2
    if n_values > AFFINITIES_MAX:
        raise InputError(
            f"{n:,} neurons, {n_steps:,} steps and {n_animals:,} animals have {n_values:,} "
            f"affinities; at most {AFFINITIES_MAX:,} are held. Choose neurons when the file is "
            "opened, resample to longer steps, or widen the window"
        )
    said = "" if n_animals == 1 else (
        f"{n_animals} animals on the {n:,} neurons and {n_steps:,} steps that they share."
    )  # fmt: skip
    notes = tuple(note for note in (*opened.notes, said) if note)
    return Source(traces, names, title=opened.title, dt_s=step, notes=notes)


def own_counts(digest: str) -> Source:
    """Counts of spikes of the first animal that was brought, float64[1, bin, neuron].

    Raises:
        InputError: none was opened, it holds no counts, or nobody fired.
    """
    if not digest:
        raise InputError("open a file of your own first, under Own recording")
    opened = load_recording(digest)
    if opened.kind != "counts":
        raise InputError(
            f"{opened.title} was read as {opened.kind}, and hidden states need spikes; bring spike "
            "times, or counts with Read as: counts of spikes"
        )
    animal = opened.animals[0]
    counts = np.nan_to_num(np.asarray(animal.values, float))
    fires = np.asarray(counts.any(axis=0))
    if not fires.any():
        raise InputError(f"no neuron of {opened.title} fires; there is nothing to look at")
    silent = np.array(animal.neurons)[~fires]
    notes = list(opened.notes)
    if len(silent):
        notes.append(f"{len(silent):,} neurons never fire and were left out: "
                     f"{', '.join(silent[:8])}.")  # fmt: skip
    if len(opened.animals) > 1:
        notes.append(f"The first of {len(opened.animals)} animals, {animal.name}.")
    names = tuple(name for name, kept in zip(animal.neurons, fires, strict=True) if kept)
    step = float(np.median(np.diff(animal.times_s)))
    return Source(counts[None, :, fires], names, title=opened.title, dt_s=step, notes=tuple(notes))


def planted_motifs(seed: int, noise: float, window: float) -> Source:
    """Four motifs in six animals; ``motif:1`` names those planted in the first."""
    made = motifs_in_time(seed, noise=noise)
    at = moments(made.recorded.shape[1], window)
    truth = planted_truth(made.window, made.gain, made.member, at)
    names = tuple(f"neuron {n + 1:02d}" for n in range(made.member.shape[1]))
    motif = ("+".join(str(m + 1) for m in np.flatnonzero(column)) for column in made.member.T)
    return Source(made.recorded, names, {"motif": tuple(motif)}, made.member, truth)
