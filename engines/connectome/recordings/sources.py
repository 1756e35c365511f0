"""Where recordings of several animals come from, and who of them a lesion text silences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engines.connectome.recordings.affinity import moments
from engines.connectome.recordings.motifs import Truth, planted_truth
from engines.connectome.recordings.recording import PEOPLE, bold
from engines.connectome.wiring.connectome import Connectome, Provenance
from engines.connectome.wiring.selection import neurons
from engines.lab.data.motifs import motifs_in_time

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    return Source(np.stack([one.traces for one in people]), people[0].names)


def planted_motifs(seed: int, noise: float, window: float) -> Source:
    """Four motifs in six animals; ``motif:1`` names those planted in the first."""
    made = motifs_in_time(seed, noise=noise)
    at = moments(made.recorded.shape[1], window)
    truth = planted_truth(made.window, made.gain, made.member, at)
    names = tuple(f"neuron {n + 1:02d}" for n in range(made.member.shape[1]))
    motif = ("+".join(str(m + 1) for m in np.flatnonzero(column)) for column in made.member.T)
    return Source(made.recorded, names, {"motif": tuple(motif)}, made.member, truth)
