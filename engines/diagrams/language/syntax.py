"""The shape of a text, before anybody asks whether its axes fit.

word name(a, e=0.01) = expression
def name(a: axes, b: axes) -> axes
size m = h*k
v: axes = Kind[label, axis -> axis, key=value](a, b) * k^(-1/2)
block Name xN: a -> v
...
scan Name over t: a -> v collect w = u
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engines.diagrams.graph.errors import Problem, Span
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.elementwise import read_word
from engines.diagrams.language.phrases import (
    BlockStatement,
    Call,
    Definition,
    GroupStatement,
    Item,
    Name,
    NoteStatement,
    Option,
    ReturnStatement,
    SizeStatement,
    Statement,
    Text,
    Typed,
    Word,
)
from engines.diagrams.language.tokens import Line, lines_from_text
from engines.diagrams.language.words import LineError, Words, product, reciprocal, total

T = TypeVar("T")


def parse_text(text: str) -> Text:
    """The definitions of a text; problems are collected, never raised."""
    found = Text()
    for line in lines_from_text(text, found.problems):
        if line.tokens[0].word == "word":
            word = _try(found, _word, line)
            found.words += [word] if word is not None else []
            continue
        definition = _try(found, _definition, line)
        if definition is not None:
            found.definitions.append(definition)
    if not found.definitions and not found.problems:
        hint = "begin with  def name(X: x m) -> x m  and indent what follows"
        found.problems.append(Problem(Span(1, 1), "empty", "there is no diagram here", hint))
    return found


def _try(found: Text, read: Callable[[Words, Line, Text], T], line: Line) -> T | None:
    try:
        return read(Words(line), line, found)
    except LineError as error:
        found.problems.append(error.problem)
        for child in line.children:  # so that its mistakes are told as well
            if line.tokens[0].word != "def" or read is not _definition:
                _try(found, _item, child)
        return None


def _word(words: Words, line: Line, _found: Text) -> Word:
    words.take()
    return read_word(words, line.span)


def _definition(words: Words, line: Line, found: Text) -> Definition:
    if not words.sees("def"):
        words.fail("a diagram begins with 'def'", "write  def name(X: x m) -> x m")
    words.take()
    name = words.name("the diagram's name")
    words.need("(", "before the inputs")
    params = []
    while not words.sees(")"):
        params.append(_typed(words))
        if not words.maybe(","):
            break
    words.need(")", "after the inputs")
    words.need("->", "before the axes of what comes out")
    outs = [_axes(words)]
    while words.maybe(","):
        outs.append(_axes(words))
    words.maybe(":")
    words.end()
    body = _body(line, found)
    return Definition(name, tuple(params), tuple(outs), body, line.span)


def _axes(words: Words) -> tuple[Name, ...]:
    if words.maybe("("):
        words.need(")", "for an array without axes")
        return ()
    axes = words.names()
    if not axes:
        words.fail("expected names of axes, or () for a single number")
    return axes


def _typed(words: Words) -> Typed:
    name = words.name("a name")
    words.need(":", f"and axes after {name.text!r}")
    axes = _axes(words)
    dtype = words.name("an axis or bool after 'in'") if words.maybe("in") else None
    return Typed(name, axes, dtype)


def _body(line: Line, found: Text) -> tuple[Item, ...]:
    items = (_try(found, _item, child) for child in line.children)
    return tuple(item for item in items if item is not None)


def _item(words: Words, line: Line, found: Text) -> Item:
    first, second = line.tokens[0], line.tokens[1]
    reader = _READERS.get(first.word) if second.sort in ("name",) else None
    if reader is not None:
        return reader(words, line, found)
    if line.children:
        spot = line.children[0].span
        raise LineError(Problem(spot, "indent", "this line is indented too far"))
    return _statement(words, line)


def _statement(words: Words, line: Line) -> Statement:
    outs = [_typed(words)]
    while words.maybe(","):
        outs.append(_typed(words))
    words.need("=", "before the operation")
    call = _call(words)
    words.end()
    return Statement(tuple(outs), call, line.span)


def _call(words: Words) -> Call:
    kind = words.name("an operation")
    bias = words.maybe("+")
    options: list[Option] = []
    if words.maybe("["):
        while not words.sees("]"):
            options.append(_option(words))
            if not words.maybe(","):
                break
        words.need("]", "after the options")
    words.need("(", f"and the arguments of {kind.text!r}")
    args = []
    while not words.sees(")"):
        args.append(words.name("the name of a value"))
        if not words.maybe(","):
            break
    words.need(")", "after the arguments")
    return Call(kind, tuple(args), tuple(options), bias, _scale(words))


def _scale(words: Words) -> Poly | None:
    if words.maybe("*"):
        return product(words)
    if words.maybe("/"):
        return reciprocal(words)
    return None


def _option(words: Words) -> Option:
    start = words.next
    if start.sort == "name" and words.tokens[words.at + 1].word == "=":
        key = words.name("a key")
        words.take()
        token = words.next
        after = words.tokens[words.at + 1].word
        if token.sort == "name" and after in (",", "]"):
            words.take()
            return Option(key, value=token.word, span=token.span)
        return Option(key, value=total(words), span=token.span)
    listed = words.names()
    arrow = words.names() if words.maybe("->") else None
    if not listed and arrow is None:
        words.fail("expected axes, a label or key=value")
    return Option(words=listed, arrow=arrow, span=start.span)


def _block(words: Words, line: Line, found: Text) -> BlockStatement:
    words.take()
    name = words.name("the block's name")
    repeat = None
    if words.next.sort == "name" and words.next.word.startswith("x"):
        repeat = _repeat(words)
    words.need(":", "after the block's name")
    ins = _values(words)
    words.need("->", "before what the block gives")
    outs = _values(words)
    words.end()
    return BlockStatement(name, ins, outs, _body(line, found), line.span, repeat)


def _repeat(words: Words) -> Poly:
    token = words.take()  # xN or x12: the lexer sees one word
    count = token.word[1:]
    if not count:
        return product(words)
    return Poly.of(int(count) if count.isdecimal() else count)


def _scan(words: Words, line: Line, found: Text) -> BlockStatement:
    words.take()
    name = words.name("the block's name")
    words.need("over", "and the axis the block runs along")
    over = words.name("an axis")
    back = words.maybe("back")
    words.need(":", "after the axis")
    ins = _values(words)
    words.need("->", "before what the block gives")
    outs = _values(words)
    collect = []
    while words.maybe("collect") or (collect and words.maybe(",")):
        new = words.name("a name for what is collected")
        words.need("=", "and the value inside")
        collect.append((new, words.name("a value of the block")))
    words.end()
    body = _body(line, found)
    return BlockStatement(name, ins, outs, body, line.span, None, over, tuple(collect), back)


def _values(words: Words) -> tuple[Name, ...]:
    found = []
    while words.next.sort == "name" and not words.sees("collect"):
        found.append(words.name("a value"))
        words.maybe(",")
    return tuple(found)


def _size(words: Words, line: Line, _found: Text) -> SizeStatement:
    words.take()
    name = words.name("an axis")
    words.need("=", "before its size")
    value = total(words)
    words.end()
    return SizeStatement(name, value, line.span)


def _group(words: Words, _line: Line, _found: Text) -> GroupStatement:
    words.take()
    name = words.name("a name for the group")
    words.need("=", "before its axes")
    axes = words.names()
    words.end()
    return GroupStatement(name, axes)


def _note(words: Words, _line: Line, _found: Text) -> NoteStatement:
    words.take()
    value = words.name("the value it points to")
    if words.next.sort != "text":
        words.fail("expected the note's text in double quotes")
    text = words.take().word[1:-1]
    words.end()
    return NoteStatement(value, text)


def _return(words: Words, line: Line, _found: Text) -> ReturnStatement:
    words.take()
    values = _values(words)
    words.end()
    return ReturnStatement(values, line.span)


_READERS = {
    "block": _block,
    "scan": _scan,
    "size": _size,
    "group": _group,
    "note": _note,
    "return": _return,
}
