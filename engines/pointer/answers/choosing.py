"""Known answers of choosing: games against all words, the model against interpolation."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer


def game_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of smooth landscapes, all words of small ones, exact interpolation."""
    return (
        KnownAnswer(
            "K = 0: worth that games miss of the best letter at every site, 20 landscapes",
            "closed form: sites do not depend on each other", 0.0, 1e-12, smooth_miss,
        ),
        KnownAnswer(
            "gain by one letter, six sites, after games have ended on what is measured",
            "every deviation tried", 0.0, 1e-12, gain_left,
        ),
        KnownAnswer(
            "largest difference of what is believed of measured words and what was measured",
            "a Gaussian process interpolates, but for its noise", 0.0, 0.02, interpolation_miss,
        ),
    )  # fmt: skip


def smooth_miss() -> float:
    """On landscapes without dependence every equilibrium is the best word."""
    from engines.pointer.choosing.landscapes import landscape
    from engines.pointer.choosing.players import Meter, equilibrium

    most = 0.0
    for seed in range(20):
        on = landscape(8, 5, 0, seed)
        meter = Meter(on, 400)
        for _ in equilibrium(meter, np.random.default_rng(seed)):
            pass
        most = max(most, abs(float(on.tables.max(axis=1).mean()) - meter.best_so_far()[-1]))
    return most


def gain_left() -> float:
    """Of the best word when games had time to end."""
    from engines.pointer.choosing.games import deviations
    from engines.pointer.choosing.landscapes import landscape
    from engines.pointer.choosing.players import Meter, equilibrium

    most = 0.0
    for seed in range(10):
        on = landscape(6, 4, 2, seed)
        meter = Meter(on, 1_000)
        for _ in equilibrium(meter, np.random.default_rng(seed)):
            pass
        most = max(most, float(deviations(on, meter.best_word()).max()))
    return most


def interpolation_miss() -> float:
    """In units of the spread of what was measured."""
    from engines.pointer.choosing.landscapes import landscape
    from engines.pointer.choosing.surrogate import Surrogate

    on = landscape(8, 4, 2, 3)
    words = np.unique(np.random.default_rng(3).integers(0, 4, (60, 8)), axis=0)
    worth = on.worth(words)
    mean, _ = Surrogate(words, worth).believed((words[:, None] != words[None]).sum(axis=2))
    return float(np.abs(mean - worth).max() / worth.std())


def subset_answers() -> tuple[KnownAnswer, ...]:
    """The chance of sharing elements, and the target against itself."""
    from engines.pointer.choosing.sets import chance

    return (
        KnownAnswer(
            "mean Jaccard index of 20,000 random choices of 5 of 30",
            "hypergeometric distribution", chance(30, 5), 0.005, random_jaccard,
        ),
    )  # fmt: skip


def random_jaccard() -> float:
    """Choices at random against one fixed choice."""
    from engines.pointer.choosing.sets import jaccard

    rng = np.random.default_rng(8)
    order = rng.permuted(np.tile(np.arange(30), (20_000, 1)), axis=1)
    return float(jaccard(order < 5, np.arange(30) < 5).mean())
