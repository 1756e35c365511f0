"""Known answers of looking through a transformer: weights by hand, and what must change nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from engines.contract import KnownAnswer
from engines.geometry.transformers.patching import (
    BY_HAND,
    FIRST,
    LABEL,
    OTHER_LABEL,
    QUERY,
    SECOND,
    PatchingRun,
    PatchingSpec,
    Place,
)

if TYPE_CHECKING:
    import torch

    from engines.geometry.transformers.patching_run import Through


def patching_answers() -> tuple[KnownAnswer, ...]:
    """What is known by construction, and by definition."""
    written = "by construction: the second head copies the label that stands behind A"
    same = "definition"
    return (
        KnownAnswer("answer that comes along with the label, weights by hand", written, 1.0, 1e-5,
                    lambda: _moved((FIRST, LABEL))),
        KnownAnswer("answer that comes along with the other label", written, 0.0, 1e-5,
                    lambda: _moved((FIRST, OTHER_LABEL))),
        KnownAnswer("answer that comes along with the query after layer 2", written, 1.0, 1e-5,
                    lambda: _moved((SECOND, QUERY))),
        KnownAnswer("logits changed by a place put at itself", same, 0.0, 0.0, put_at_itself),
        KnownAnswer("logits that differ from the other run's with all places put in", same, 0.0,
                    0.0, all_put_in),
        KnownAnswer("logit lens at the last level less the network's logits", same, 0.0, 1e-6,
                    lens_at_last),
    )  # fmt: skip


@cache
def _by_hand() -> PatchingRun:
    from engines.geometry.transformers.patching_run import frames_of

    *_, found = frames_of(PatchingSpec(learns=BY_HAND, n_sequences=40))
    assert isinstance(found, PatchingRun)
    return found


def _moved(place: Place) -> float:
    return float(_by_hand().moved[(0, *place, *place)])


def _drawn() -> Through:
    """A network with random weights, and sequences."""
    from engines.geometry.transformers.patching_run import Through, asked, stack_of_spec

    return Through(stack_of_spec(PatchingSpec(n_steps=0)), 0, *asked(30, 1))


def _plain(one: Through) -> torch.Tensor:
    return one.model(one.plain).detach()


def put_at_itself() -> float:
    """Largest change of a logit over all levels and places."""
    from engines.lab.transformers.paths import onward, put

    one, worst = _drawn(), 0.0
    for level in range(3):
        for place in range(5):
            at = (level, place)
            said = onward(one.model, *put(one.ours, one.ours, at, at), one.plain)
            worst = max(worst, float((said - _plain(one)).abs().max()))
    return worst


def all_put_in() -> float:
    """Largest difference when a whole level is that of the other run."""
    from engines.lab.transformers.paths import onward

    one = _drawn()
    theirs = one.model(one.changed).detach()
    return max(
        float((onward(one.model, k, one.theirs[k], one.changed) - theirs).abs().max())
        for k in range(3)
    )


def lens_at_last() -> float:
    """Largest difference at the query after the last layer."""
    from engines.lab.transformers.paths import lens

    one = _drawn()
    return float((lens(one.model, one.ours)[-1, :, -1] - _plain(one)).abs().max())
