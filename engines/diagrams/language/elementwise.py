"""Elementwise words that a text defines: ``word crrelu(x, e=0.01) = relu(x) + e*x*exp(-x^2/2)``.

A word acts on every number by itself, on arrays of any axes; what is written ``e=0.01`` is a
learned number with its start. Where a word is called it becomes a definition of plain operations
with the axes it is called with, so it is drawn, run, costed and differentiated like one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from engines.diagrams.graph.errors import Problem, Span
from engines.diagrams.graph.nodes import Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.phrases import (
    Apply,
    Call,
    Definition,
    Expression,
    Name,
    Option,
    Statement,
    Typed,
    Word,
)
from engines.diagrams.language.words import LineError, Words, total

POWER_MAX = 8
_SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


def read_word(words: Words, span: Span) -> Word:
    """Read what stands after ``word``: name, arguments, learned numbers, and the expression."""
    name = words.name("the word's name")
    words.need("(", "before what the word takes")
    args: list[Name] = []
    learned: list[tuple[Name, Poly]] = []
    while not words.sees(")"):
        one = words.name("a name")
        if words.maybe("="):
            learned.append((one, _number(words)))
        else:
            args.append(one)
        if not words.maybe(","):
            break
    words.need(")", "after what the word takes")
    words.need("=", "before what it computes")
    body = _sum(words)
    words.end()
    if not args:
        raise LineError(Problem(name.span, "word", f"{name.text} takes nothing", "write (x)"))
    return Word(name, tuple(args), tuple(learned), body, span)


def _number(words: Words) -> Poly:
    start = words.next
    value = total(words)
    if value.names:
        text = "a learned number starts from a number"
        raise LineError(Problem(start.span, "word", text, "write  e=0.01"))
    return value


def _sum(words: Words) -> Expression:
    start = words.next.span
    if words.maybe("-"):
        found: Expression = Apply("neg", (_product(words),), start)
    else:
        found = _product(words)
    while words.sees("+", "-"):
        sign = words.take()
        found = Apply(_SIGNS[sign.word], (found, _product(words)), sign.span)
    return found


def _product(words: Words) -> Expression:
    found = _power(words)
    while words.sees("*", "/"):
        sign = words.take()
        found = Apply(_SIGNS[sign.word], (found, _power(words)), sign.span)
    return found


def _power(words: Words) -> Expression:
    base = _atom(words)
    if not words.sees("^"):
        return base
    span = words.take().span
    negative = words.maybe("-")
    exponent = _atom(words)
    exponent = _constant(exponent)
    if not isinstance(exponent, Fraction):
        raise LineError(Problem(span, "exponent", "an exponent is a number"))
    return Apply("power", (base,), span, -exponent if negative else exponent)


def _constant(one: Expression) -> Expression:
    """A fraction or a number with a sign, as the number that it is."""
    if isinstance(one, Apply):
        args = [_constant(arg) for arg in one.args]
        if one.word == "neg" and isinstance(args[0], Fraction):
            return -args[0]
        if one.word == "div" and isinstance(args[0], Fraction) and isinstance(args[1], Fraction):
            return args[0] / args[1] if args[1] else one
    return one


def _atom(words: Words) -> Expression:
    if words.maybe("("):
        inner = _sum(words)
        words.need(")", "to close the parenthesis")
        return inner
    if words.next.sort == "number":
        return _written(words)
    name = words.name("a number, a name or '('")
    if not words.maybe("("):
        return name
    args = []
    while not words.sees(")"):
        args.append(_sum(words))
        if not words.maybe(","):
            break
    words.need(")", f"after the arguments of {name.text!r}")
    return Apply(name.text, tuple(args), name.span)


def _written(words: Words) -> Fraction:
    """One number, as it is written."""
    token = words.take()
    if len(token.word) > 24 or not 1e-18 <= (abs(float(token.word)) or 1.0) <= 1e18:
        raise LineError(Problem(token.span, "number", "this number is out of range"))
    return Fraction(token.word)


# From a word to a definition -----------------------------------------------------------------


@dataclass
class _Made:
    """The statements of a word, written one after the other."""

    word: Word
    axes: dict[str, tuple[str, ...]]
    order: tuple[str, ...]
    body: list[Statement] = field(default_factory=list)

    def emit(
        self,
        kind: str,
        args: tuple[str, ...],
        span: Span,
        scale: Fraction | None = None,
        *,
        out: str = "",
        own: tuple[str, ...] = (),
        options: tuple[Option, ...] = (),
    ) -> str:
        """A statement with the axes of its arguments, or ``own`` ones; the name of its value."""
        found = {axis for name in args for axis in self.axes[name]} | set(own)
        axes = tuple(axis for axis in self.order if axis in found)
        name = out or self._fresh()
        self.axes[name] = axes
        typed = Typed(Name(name, span), tuple(Name(axis, span) for axis in axes))
        given = tuple(Name(arg, span) for arg in args)
        factor = None if scale is None else Poly.of(scale)
        call = Call(Name(kind, span), given, options, scale=factor)
        self.body.append(Statement((typed,), call, span))
        return name

    def _fresh(self) -> str:
        k = len(self.body) + 1
        while f"z{k}" in self.axes:
            k += 1
        return f"z{k}"

    def value(self, one: Expression) -> str:
        """The name of the value of an expression."""
        found = self.write(one)
        if isinstance(found, Fraction):
            return self.emit("ones", (), self.word.span, found)
        return found

    def write(self, one: Expression) -> str | Fraction:
        """A value's name, or the number that the expression is."""
        if isinstance(one, Fraction):
            return one
        if isinstance(one, Name):
            if one.text not in self.axes:
                there = ", ".join(n.text for n in self.word.args)
                text = f"{self.word.name.text} has no {one.text}"
                raise LineError(Problem(one.span, "word", text, f"it takes {there}"))
            return one.text
        if one.word == "power":
            return self._power(one)
        args = [self.write(arg) for arg in one.args]
        numbers = [arg for arg in args if isinstance(arg, Fraction)]
        if one.word == "neg" and len(args) == 1:
            return -numbers[0] if numbers else self._scaled(str(args[0]), Fraction(-1), one.span)
        if one.word in _SIGNS.values() and len(args) == 2:
            return self._arithmetic(one, args[0], args[1])
        named = tuple(self._named(arg, one.span) for arg in args)
        return self.emit(one.word, named, one.span)

    def _named(self, value: str | Fraction, span: Span) -> str:
        return self.emit("ones", (), span, value) if isinstance(value, Fraction) else value

    def _arithmetic(self, one: Apply, a: str | Fraction, b: str | Fraction) -> str | Fraction:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            if one.word == "div" and not b:
                raise LineError(Problem(one.span, "expression", "this divides by zero"))
            return {"add": a + b, "sub": a - b, "mul": a * b, "div": a / (b or 1)}[one.word]
        if one.word == "mul" and isinstance(a, Fraction):
            return self._scaled(str(b), a, one.span)
        if one.word in ("mul", "div") and isinstance(b, Fraction):
            if not b and one.word == "div":
                raise LineError(Problem(one.span, "expression", "this divides by zero"))
            return self._scaled(str(a), b if one.word == "mul" else 1 / b, one.span)
        if one.word == "div" and isinstance(a, Fraction):
            return self.emit("reciprocal", (str(b),), one.span, a)
        return self.emit(one.word, (self._named(a, one.span), self._named(b, one.span)), one.span)

    def _scaled(self, name: str, factor: Fraction, span: Span) -> str:
        """A value times a number: what has just been made takes it as its own factor."""
        last = self.body[-1] if self.body else None
        fresh = last is not None and last.outs[0].name.text == name
        if last is None or not fresh or last.call.kind.text == "param":
            return self.emit("einsum", (name,), span, factor)
        scale = Poly.of(factor) * (last.call.scale or Poly.of(1))
        self.body[-1] = replace(last, call=replace(last.call, scale=scale))
        return name

    def _power(self, one: Apply) -> str | Fraction:
        base, exponent = self.write(one.args[0]), one.exponent
        whole = exponent.denominator == 1 and 0 < abs(exponent) <= POWER_MAX
        if isinstance(base, Fraction) and whole:
            return base ** int(exponent)
        if isinstance(base, Fraction) or not (whole or abs(exponent) == Fraction(1, 2)):
            text = f"powers here are 1 to {POWER_MAX} and 1/2, and those below zero"
            raise LineError(Problem(one.span, "exponent", text))
        if not whole:
            return self.emit("sqrt" if exponent > 0 else "rsqrt", (base,), one.span)
        found, n = base, abs(int(exponent))
        if n > 1:
            found = self.emit("square", (base,), one.span)
        for _ in range(n - 2):
            found = self.emit("mul", (found, base), one.span)
        return found if exponent > 0 else self.emit("reciprocal", (found,), one.span)


def definition_of(
    word: Word, args: tuple[tuple[str, ...], ...], outs: tuple[str, ...], own: tuple[str, ...]
) -> Definition:
    """A word as a definition for these axes.

    Args:
        word: what the text says.
        args: axes of each argument.
        outs: axes of what comes out, in order.
        own: axes along which every position has learned numbers of its own.

    Raises:
        LineError: a name the word does not have, or a power that cannot be taken.
    """
    names = tuple(arg.text for arg in word.args)
    made = _Made(word, dict(zip(names, args, strict=True)), outs)
    for name, start in word.learned:
        options = (
            Option(words=(name,), span=name.span),
            Option(Name("start", name.span), value=start, span=name.span),
        )
        made.emit("param", (), name.span, out=name.text, own=own, options=options)
    result = made.value(word.body)
    if not made.body or made.body[-1].outs[0].name.text != result:
        result = made.emit("einsum", (result,), word.span)
    missing = tuple(axis for axis in outs if axis not in made.axes[result])
    if missing:
        wider = Option(words=tuple(Name(axis, word.span) for axis in missing), span=word.span)
        result = made.emit("expand", (result,), word.span, own=missing, options=(wider,))
    return Definition(
        word.name,
        tuple(
            Typed(name, tuple(Name(axis, name.span) for axis in axes))
            for name, axes in zip(word.args, args, strict=True)
        ),
        (tuple(Name(axis, word.span) for axis in made.axes[result]),),
        tuple(made.body),
        word.span,
    )


def word_refused(
    word: Word,
    item: Statement,
    args: tuple[Value, ...],
    outs: tuple[Value, ...],
    calling: tuple[str, ...],
) -> Problem | None:
    """What is wrong with a call of a word, or None."""
    name, declared = item.call.kind, outs[0].axes
    if name.text in calling[:-1]:
        text = f"{name.text} contains itself ({' -> '.join(calling)})"
        return Problem(name.span, "cycle", text)
    if len(args) != len(word.args) or len(outs) != 1:
        text = f"{name.text} takes {len(word.args)} values and makes one, but {len(args)} came"
        return Problem(name.span, "arity", text, "see its line")
    every = {axis for value in args for axis in value.axes}
    if set(declared) != every:
        there = " ".join(dict.fromkeys(a for value in args for a in value.axes)) or "()"
        text = f"{name.text} acts on every number by itself: it gives {there}"
        return Problem(item.outs[0].name.span, "axis-lost", text, "keep its axes")
    typed = next((value for value in args if value.dtype), None)
    if typed is not None:
        return Problem(name.span, "dtype", f"{typed.name} holds no reals, {name.text} takes reals")
    odd = next((w for o in item.call.options for w in o.words if w.text not in declared), None)
    if odd is not None:
        text = f"{odd.text} is no axis of {outs[0].name}"
        return Problem(odd.span, "not-an-axis", text, "name axes with numbers of their own")
    return None
