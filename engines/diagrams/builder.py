"""A diagram from Python, word for word as a text says it.

>>> d = Builder("Score", Q="y k", K="x k")
>>> _ = d.einsum("s: y x", "Q", "K", scale="k^(-1/2)")
>>> print(d.diagram().text())
def Score(Q: y k, K: x k) -> y x
  s: y x = einsum(Q, K) * k^(-1/2)
<BLANKLINE>
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engines.diagrams.diagram import Diagram


class Builder:
    """Collects lines; ``diagram()`` checks them like any text.

    Every operation is a method of its own name: ``d.Linear("q: y k h", "E", "Q", bias=True)`` is
    the line ``q: y k h = Linear+[Q](E)``.
    """

    def __init__(self, name: str, **inputs: str) -> None:
        self._name, self._inputs = name, inputs
        self._lines: list[str] = []
        self._indent = "  "
        self._last = ""

    def __getattr__(self, kind: str) -> Callable[..., str]:
        """Any operation; what it makes first, then its values, then its options."""
        if kind.startswith("_"):
            raise AttributeError(kind)

        def operation(
            makes: str,
            *values: str,
            at: str = "",
            bias: bool = False,
            scale: str = "",
            **keys: object,
        ) -> str:
            options = [at, *(f"{key}={value}" for key, value in keys.items())]
            inner = ", ".join(filter(None, options))
            brackets = f"[{inner}]" if inner else ""
            factor = f" * {scale}" if scale else ""
            plus = "+" if bias else ""
            self._lines.append(
                f"{self._indent}{makes} = {kind}{plus}{brackets}({', '.join(values)}){factor}"
            )
            self._last = makes.partition(":")[2].partition(" in ")[0].strip()
            return makes.partition(":")[0].strip()

        return operation

    def size(self, axis: str, value: object) -> None:
        """``size axis = value``."""
        self._lines.append(f"{self._indent}size {axis} = {value}")

    @contextmanager
    def block(self, name: str, takes: str, gives: str, times: object = "") -> Iterator[None]:
        """A block: what is said inside ``with`` is its inside."""
        count = f" x{times}" if times else ""
        self._lines.append(f"{self._indent}block {name}{count}: {takes} -> {gives}")
        self._indent += "  "
        yield
        self._indent = self._indent[:-2]

    def text(self, *gives: str) -> str:
        """The text so far; ``gives`` are the axes of the outputs, the last line's when left out."""
        params = ", ".join(f"{name}: {axes}" for name, axes in self._inputs.items())
        outs = ", ".join(gives or (self._last or "()",))
        return "\n".join([f"def {self._name}({params}) -> {outs}", *self._lines]) + "\n"

    def diagram(self, *gives: str) -> Diagram:
        """The checked diagram; DiagramError tells every mistake."""
        return Diagram.from_text(self.text(*gives))
