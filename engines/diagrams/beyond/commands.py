"""SCAN: commands in a small language, and the actions that they stand for.

Lake and Baroni 2018, Generalization without systematicity, arXiv 1711.00350, whose length split
learns commands of up to 22 actions.
"""

from __future__ import annotations

from functools import cache

Actions = tuple[str, ...]
WALKS = {"walk": "WALK", "look": "LOOK", "run": "RUN", "jump": "JUMP"}
TURNS = {"left": "LEFT", "right": "RIGHT"}
ACTIONS = (*WALKS.values(), *TURNS.values())
WORDS = (*WALKS, *TURNS, "turn", "opposite", "around", "twice", "thrice", "and", "after")


@cache
def language() -> tuple[tuple[tuple[str, ...], Actions], ...]:
    """Every command with its actions: 20,910."""
    verbs: list[tuple[tuple[str, ...], Actions]] = [((w,), (a,)) for w, a in WALKS.items()]
    for word, doing in [*((w, (a,)) for w, a in WALKS.items()), ("turn", ())]:
        for side, turn in TURNS.items():
            verbs.append(((word, side), (turn, *doing)))
            verbs.append(((word, "opposite", side), (turn, turn, *doing)))
            verbs.append(((word, "around", side), (turn, *doing) * 4))
    parts = [
        ((*said, *how), done * n)
        for said, done in verbs
        for how, n in (((), 1), (("twice",), 2), (("thrice",), 3))
    ]
    found = list(parts)
    for one, first in parts:
        for other, second in parts:
            found.append(((*one, "and", *other), first + second))
            found.append(((*one, "after", *other), second + first))
    return tuple(found)
