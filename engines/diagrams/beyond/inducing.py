"""A grammar found from examples: what every word is, how tightly it binds, what it does.

After Li et al. 2024, Neural-symbolic recursive machine, arXiv 2210.01603, whose words are the nodes
of a tree with a program each, found by deduction (what do the programs say?) and abduction (which
change of one program would make an example right?). Here symbols come as they are, nothing has to
be perceived, and the search is complete up to a size in place of a learnt guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Literal

from engines.diagrams.beyond.commands import ACTIONS, Actions

Kind = Literal["alone", "behind", "between"]
Command = tuple[str, ...]
Example = tuple[Command, Actions]
X, Y = "x", "y"
"""What stands before a word, and behind it."""
_LEVELS = (3, 2, 1)
_ITEMS, _TIMES = 3, 4


@dataclass(frozen=True)
class Meaning:
    """A word: alone, behind what it acts on, or between two; a program; how tightly it binds."""

    kind: Kind
    items: tuple[str, ...]
    """Actions and arguments, one after the other."""
    times: int
    level: int

    def value(self, x: Actions = (), y: Actions = ()) -> Actions:
        """What it makes of its arguments."""
        one: list[str] = []
        for item in self.items:
            one.extend(x if item == X else y if item == Y else (item,))
        return tuple(one) * self.times

    def __str__(self) -> str:
        """Say "x x, behind, binds 2"."""
        told = " ".join(self.items) or "nothing"
        told = f"({told}) {self.times} times" if self.times > 1 else told
        return told if self.kind == "alone" else f"{told}, {self.kind}, binds {self.level}"


Lexicon = dict[str, Meaning]


def meaning(command: Command, lexicon: Lexicon) -> Actions | None:
    """The actions of a command; None where it cannot be read.

    A word that needs something before it and stands first takes nothing in its place.
    """
    value, at = _read(command, 0, 0, lexicon)
    return value if at == len(command) else None


def _read(
    command: Command, at: int, level: int, lexicon: Lexicon
) -> tuple[Actions | None, int]:  # fmt: skip
    if at >= len(command) or command[at] not in lexicon:
        return None, at
    word = lexicon[command[at]]
    if word.kind == "between":
        return None, at
    value, at = word.value(), at + 1
    while at < len(command) and command[at] in lexicon:
        word = lexicon[command[at]]
        if word.kind == "alone" or word.level < level:
            break
        if word.kind == "behind":
            value, at = word.value(value), at + 1
            continue
        other, after = _read(command, at + 1, word.level + 1, lexicon)
        if other is None:
            break
        value, at = word.value(value, other), after
    return value, at


@cache
def meanings() -> tuple[Meaning, ...]:
    """All that a word may mean, the shortest first."""
    found = []
    kinds: tuple[tuple[Kind, tuple[str, ...], tuple[int, ...]], ...] = (
        ("alone", ACTIONS, (0,)),
        ("behind", (X, *ACTIONS), _LEVELS),
        ("between", (X, Y, *ACTIONS), _LEVELS),
    )
    for kind, names, levels in kinds:
        for n in range(_ITEMS + 1):
            for items in product(names, repeat=n):
                for times in range(1, _TIMES + 1 if n else 2):
                    found += [Meaning(kind, items, times, level) for level in levels]
    return tuple(sorted(found, key=lambda m: len(m.items) + (m.times > 1)))


@dataclass
class Learner:
    """Reads examples, the shortest first, and changes one word at a time when one is not met."""

    lexicon: Lexicon = field(default_factory=dict)
    read: list[Example] = field(default_factory=list)
    n_changes: int = 0
    """How often the meaning of a word was taken back."""
    n_unexplained: int = 0
    """Examples that no change of one word met."""

    def learn(self, examples: Sequence[Example]) -> Iterator[int]:
        """Read them; yields how many are read."""
        left = sorted(set(examples), key=lambda one: (len(one[0]), len(one[1]), one))
        waiting: list[Example] = []
        for k, example in enumerate(left):
            waiting.append(example)
            waiting = [one for one in waiting if not self._taken(one)]
            yield k + 1
        self.n_unexplained = len(waiting)

    def _taken(self, example: Example) -> bool:
        command, actions = example
        unknown = {word for word in command if word not in self.lexicon}
        if len(unknown) > 1:
            return False
        if not unknown and meaning(command, self.lexicon) == actions:
            self.read.append(example)
            return True
        tried = unknown or dict.fromkeys(reversed(command))
        for word in tried:
            found = self._abduced(word, example)
            if found is not None:
                self.n_changes += word in self.lexicon
                self.lexicon[word] = found
                self.read.append(example)
                return True
        return False

    def _abduced(self, word: str, example: Example) -> Meaning | None:
        """The shortest meaning with which this example and all that were read come out right."""
        touched = [example, *(one for one in reversed(self.read) if word in one[0])]
        for candidate in meanings():
            lexicon = {**self.lexicon, word: candidate}
            if all(meaning(command, lexicon) == actions for command, actions in touched):
                return candidate
        return None
