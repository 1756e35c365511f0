"""Ways to choose words under a budget of measurements; each yields now and then, to be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.pointer.choosing.landscapes import Landscape
from engines.pointer.choosing.surrogate import Surrogate, equilibria

N_FIRST, BATCH = 20, 20
"""Words measured before anything is modelled, and between two models."""
BOLDNESS = 2.0
_POOL = 400
"""Words a Thompson sample is drawn over."""
_POPULATION, _PARENTS = 40, 4
"""Of the genetic way: words that live, and those that a parent is the best of."""


class Meter:
    """Measures words, each once; says when the budget is gone."""

    def __init__(self, on: Landscape, budget: int, boldness: float = BOLDNESS) -> None:
        """``boldness`` is how much a model that is asked values what it does not know."""
        self.on, self.budget, self.boldness = on, budget, boldness
        self.known: dict[bytes, float] = {}
        self.course: list[float] = []
        """What was measured, in order."""

    @property
    def spent(self) -> bool:
        """Whether nothing can be measured any more."""
        return len(self.course) >= self.budget

    def measure(self, word: np.ndarray) -> float:
        """The worth of a word; one that is known costs nothing, -inf when the budget is gone."""
        key = word.astype(np.int8).tobytes()
        if key not in self.known:
            if self.spent:
                return -np.inf
            self.known[key] = float(self.on.worth(word[None])[0])
            self.course.append(self.known[key])
        return self.known[key]

    def best_word(self) -> np.ndarray:
        """The best word measured: int64[site]."""
        return np.frombuffer(max(self.known, key=lambda key: self.known[key]), np.int8).astype(int)

    def best_so_far(self) -> np.ndarray:
        """float64[measurement]: the best word after each; the last one stays to the budget."""
        best = np.maximum.accumulate(np.array(self.course))
        return np.concatenate([best, np.full(self.budget - len(best), best[-1])])


def random_words(meter: Meter, rng: np.random.Generator) -> Iterator[None]:
    """Words at random."""
    for _ in range(4 * meter.budget):
        if meter.spent:
            break
        meter.measure(_drawn(meter.on, 1, rng)[0])
    yield


def genetic(meter: Meter, rng: np.random.Generator) -> Iterator[None]:
    """Parents by tournament, letters from either, one letter in ten changed; the best live on."""
    on = meter.on
    words = _drawn(on, _POPULATION, rng)
    worth = np.array([meter.measure(word) for word in words])
    for _ in range(20 * meter.budget):
        if meter.spent:
            break
        chosen = rng.integers(0, len(words), (2, _PARENTS))
        parents = words[[group[np.argmax(worth[group])] for group in chosen]]
        child = np.where(rng.random(on.n_sites) < 0.5, parents[0], parents[1])
        changed = rng.random(on.n_sites) < 0.1
        child = np.where(changed, rng.integers(0, on.n_letters, on.n_sites), child)
        value, last = meter.measure(child), int(np.argmin(worth))
        if value > worth[last]:
            words[last], worth[last] = child, value
    yield


def equilibrium(meter: Meter, rng: np.random.Generator) -> Iterator[None]:
    """Sites answer in turn with what is measured, until none gains; then from elsewhere."""
    on = meter.on
    while not meter.spent:
        yield
        word = _drawn(on, 1, rng)[0]
        meter.measure(word)
        moved = True
        while moved and not meter.spent:
            moved = False
            for site in rng.permutation(on.n_sites):
                others = np.tile(word, (on.n_letters, 1))
                others[:, site] = np.arange(on.n_letters)
                worth = [meter.measure(other) for other in others]
                best = int(np.argmax(worth))
                if worth[best] > worth[word[site]]:
                    word, moved = others[best], True


def gameopt(meter: Meter, rng: np.random.Generator) -> Iterator[None]:
    """Equilibria of an optimistic model are measured, a batch at a time (Bal et al. 2024)."""
    yield from _modelled(meter, rng, _most_optimistic)


def thompson(meter: Meter, rng: np.random.Generator) -> Iterator[None]:
    """The control: the same model, whose samples are maximised over words at random sites."""
    yield from _modelled(meter, rng, _sampled)


def _modelled(
    meter: Meter,
    rng: np.random.Generator,
    proposals: Callable[[Surrogate, Meter, np.random.Generator], np.ndarray],
) -> Iterator[None]:
    for word in _drawn(meter.on, N_FIRST, rng):
        meter.measure(word)
    while not meter.spent:
        yield
        words = np.array([np.frombuffer(key, np.int8) for key in meter.known], np.int64)
        model = Surrogate(words, np.array(list(meter.known.values())))
        before = len(meter.course)
        for word in proposals(model, meter, rng):
            if len(meter.course) - before < BATCH:
                meter.measure(word)
        while len(meter.course) == before:  # all were known: look elsewhere
            meter.measure(_drawn(meter.on, 1, rng)[0])


def _most_optimistic(model: Surrogate, meter: Meter, rng: np.random.Generator) -> np.ndarray:
    begun, n_letters = _drawn(meter.on, BATCH, rng), meter.on.n_letters
    found, reward = equilibria(model, begun, n_letters, meter.boldness, rng)
    return found[np.argsort(-reward, kind="stable")]


def _sampled(model: Surrogate, meter: Meter, rng: np.random.Generator) -> np.ndarray:
    words = _drawn(meter.on, _POOL, rng)
    mean, _ = model.believed((words[:, None] != model.words[None]).sum(axis=2))
    covariance = model.covariance(words) + 1e-6 * np.eye(_POOL)
    draws = np.linalg.cholesky(covariance) @ rng.standard_normal((_POOL, BATCH))
    return words[np.argmax(mean[:, None] + draws, axis=0)]


def _drawn(on: Landscape, n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, on.n_letters, (n, on.n_sites))


WAYS = {
    "random": random_words,
    "genetic": genetic,
    "equilibrium": equilibrium,
    "GameOpt": gameopt,
    "Thompson, random sites": thompson,
}
"""By the name they have on the page; the first three know no model."""
