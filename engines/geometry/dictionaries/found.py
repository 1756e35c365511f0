"""What a run of dictionaries found: figures with intervals, and one network to look into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.dictionaries.concepts import FAMILIES
from engines.geometry.dictionaries.reading import Reader
from engines.geometry.dictionaries.spec import DictionarySpec
from engines.geometry.dictionaries.steering import WAYS
from engines.lab.data.clauses import PARTS, SUBJECT
from engines.lab.statistics import mean_over, paired

ARMS = ("dictionary", "weights dealt anew", "shuffled values", "not learnt", "principal components",
        "linear probe", "semi-NMF", "by the loss", "by the loss at other words",
        "by noise")  # fmt: skip
(LEARNT, RANDOM, SHUFFLED, UNLEARNT, PRINCIPAL, PROBE, FACTORS, BY_LOSS,
 BY_OTHERS, BY_NOISE) = range(len(ARMS))  # fmt: skip
PARTS_OF_ERROR = ("error", "size of the error")
WORDS_, KINDS_, PARTS_ = range(len(FAMILIES))


@dataclass(frozen=True, eq=False)
class Drawn:
    """One network of a run and its dictionary, enough to look at every latent and to steer.

    ``names`` of the concept that each latent says best, its ``family``, and the ``score``:
    correlation with it on words it was not chosen by. ``share`` of words at which a latent speaks,
    ``typical`` its mean amount there. ``examples`` int16[latent, example, word] are the windows at
    which it speaks most, at ``place`` with this ``amount``. ``directions`` [latent, number] is what
    one unit of a latent adds; ``weights`` are the network's.
    """

    names: tuple[str, ...]
    family: np.ndarray
    score: np.ndarray
    share: np.ndarray
    typical: np.ndarray
    examples: np.ndarray
    place: np.ndarray
    amount: np.ndarray
    directions: np.ndarray
    weights: dict[str, np.ndarray]
    n_layers: int
    n_heads: int
    level: int

    @property
    def reader(self) -> Reader:
        """The network, to be read in numpy."""
        return Reader(self.weights, self.n_layers, self.n_heads)

    @property
    def listed(self) -> np.ndarray:
        """Latents that speak at all, those that say their concept best first."""
        order = np.argsort(-self.score, kind="stable")
        return order[self.share[order] > 0]


@dataclass(frozen=True, eq=False)
class Found:
    """Figures of all networks, and one of them to look into.

    ``loss`` float64[network] of the next word, in nats. By arm and network: ``left`` the share of
    variance that is not made, ``scores`` [.., family] the mean correlation of concepts with what
    says each best, ``control`` [.., (true, dealt)] that of kinds of several words and of kinds
    dealt to words at random (the control task), ``alive`` latents that speak at all, ``active`` at
    one word; ``extra`` is by how many nats the loss rises with a code in place.
    ``error`` float64[(as it is, dealt anew), network, part]: R² of a line from what is
    read to the error.
    ``reached`` float64[network, concept, way], see `steering`, of concepts of these ``families``.
    nan where an arm does not have it.
    """

    spec: DictionarySpec
    loss: np.ndarray
    left: np.ndarray
    scores: np.ndarray
    control: np.ndarray
    alive: np.ndarray
    active: np.ndarray
    extra: np.ndarray
    error: np.ndarray
    reached: np.ndarray
    families: np.ndarray
    drawn: Drawn

    def score(self, arm: int, family: int) -> Estimate | None:
        """Mean correlation of a family of concepts, over networks; None where it was not asked."""
        of = f"correlation of {FAMILIES[family]}, {ARMS[arm]}"
        return _mean(self.scores[arm, :, family], of)

    def better(self, arm: int, other: int, family: int) -> Estimate | None:
        """The difference of two arms, network by network."""
        return self._pair(self.scores[other, :, family], self.scores[arm, :, family])

    def of_task(self, arm: int, dealt: int = 0) -> Estimate | None:
        """Mean correlation of kinds of several words, or of kinds dealt to words at random."""
        of = "kinds dealt to words" if dealt else "kinds of several words"
        return _mean(self.control[arm, :, dealt], f"correlation of {of}, {ARMS[arm]}")

    def selectivity(self, arm: int) -> Estimate | None:
        """Kinds less dealt kinds, network by network."""
        return self._pair(self.control[arm, :, 1], self.control[arm, :, 0])

    def unexplained(self, arm: int) -> Estimate | None:
        """Share of variance that is left, mean over networks."""
        return _mean(self.left[arm], f"variance left, {ARMS[arm]}")

    def less_left(self, arm: int, other: int) -> Estimate | None:
        """Variance left of one arm less that of another, network by network."""
        return self._pair(self.left[other], self.left[arm])

    def speaking(self, arm: int) -> Estimate | None:
        """Latents that speak at all, beside others that are chosen by the loss."""
        if not np.isfinite(self.alive[BY_LOSS]).all():
            return None
        return _mean(self.alive[arm], f"latents that speak, {ARMS[arm]}")

    def more_speak(self, arm: int, other: int) -> Estimate | None:
        """How many more than of another arm, network by network."""
        return self._pair(self.alive[other], self.alive[arm])

    def foretold(self, part: int, dealt: int = 0) -> Estimate | None:
        """R² of a line to the error, or to the error dealt anew."""
        of = f"R² of a line to the {PARTS_OF_ERROR[part]}" + (", dealt anew" if dealt else "")
        return _mean(self.error[dealt, :, part], of)

    def foretold_more(self, part: int) -> Estimate | None:
        """R² of a line to the error less that to the error dealt anew, network by network."""
        return self._pair(self.error[1, :, part], self.error[0, :, part])

    def steers(self, way: int, family: int) -> Estimate | None:
        """How near next words come to what follows a concept, mean over them, over networks."""
        of = f"way to what follows {FAMILIES[family]}, {WAYS[way]}"
        return _mean(self._reached(way, family), of)

    def steers_more(self, way: int, other: int, family: int) -> Estimate | None:
        """The difference of two ways, network by network."""
        return self._pair(self._reached(other, family), self._reached(way, family))

    def _reached(self, way: int, family: int) -> np.ndarray:
        return self.reached[:, self.families == family, way].mean(axis=1)

    def _pair(self, a: np.ndarray, b: np.ndarray) -> Estimate | None:
        if not np.isfinite([a, b]).all():
            return None
        return paired(a, b, self.spec.seed).estimate("difference", "networks")

    def first_latent(self) -> int:
        """The one that the page opens with: the best that names a part, of the subject if any."""
        drawn = self.drawn
        best = [int(k) for k in drawn.listed if drawn.family[k] == PARTS_]
        subject = [k for k in best if drawn.names[k].endswith(PARTS[SUBJECT])]
        return [*subject, *best, *(int(k) for k in drawn.listed), 0][0]


def _mean(values: np.ndarray, of: str) -> Estimate | None:
    if not np.isfinite(values).all():
        return None
    return mean_over(values, of=of, unit="networks")
