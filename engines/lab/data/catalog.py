"""Tasks by name, for a knob: what a perceptron can be trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from engines.contract import InputError
from engines.lab.data import characters, grammars, pictures, rules
from engines.lab.data.task import Task

TaskName = Literal[
    "digits", "noisy digits", "letters", "XOR", "ring", "parity", "regular language",
    "formula x y", "formula sin(8 x) cos(5 y)",
]  # fmt: skip
_MAKERS: dict[str, Callable[[int], Task]] = {
    "digits": pictures.digits,
    "noisy digits": lambda seed: pictures.digits(seed, noise=0.5),
    "clean digits": pictures.clean_digits,
    "letters": pictures.letters,
    "characters": characters.characters,
    "XOR": rules.xor,
    "ring": rules.ring,
    "parity": rules.parity,
    "regular language": grammars.regular,
    "formula x y": lambda seed: rules.formula("x y", seed),
    "formula sin(8 x) cos(5 y)": lambda seed: rules.formula("sin(8 x) cos(5 y)", seed),
}


def task_of(name: str, seed: int = 0) -> Task:
    """The task of this name at its usual size.

    Raises:
        InputError: no such task.
    """
    if name not in _MAKERS:
        raise InputError(f"there is no task {name!r}; there are: {', '.join(_MAKERS)}")
    return _MAKERS[name](seed)
