"""From a text to a checked diagram: every axis accounted for, every mistake told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engines.diagrams.graph.circuit import Circuit, Note
from engines.diagrams.graph.errors import DiagramError, Problem, Span
from engines.diagrams.graph.nodes import Axes, Graph, Node, Value
from engines.diagrams.graph.operations import KINDS
from engines.diagrams.graph.parameters import parameters
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES
from engines.diagrams.graph.sizes import Equation, Sizes
from engines.diagrams.language.asking import Ask, RefusedError, nearest
from engines.diagrams.language.elementwise import definition_of, word_refused
from engines.diagrams.language.phrases import (
    BlockStatement,
    Definition,
    GroupStatement,
    Item,
    Name,
    NoteStatement,
    ReturnStatement,
    SizeStatement,
    Statement,
    Text,
    Typed,
)
from engines.diagrams.language.rules import CHECKS
from engines.diagrams.language.scope import Scope
from engines.diagrams.language.substitute import fitted, instantiated
from engines.diagrams.language.syntax import parse_text
from engines.diagrams.language.words import LineError

PROBLEMS_MAX = 100
DEPTH_MAX = 40


def circuit_from_text(text: str, name: str = "") -> Circuit:
    """The diagram of a text: its last definition, or the one of this name.

    Raises:
        DiagramError: with every mistake of the text, in reading order.
    """
    diagram, problems = judged(text, name)
    if diagram is None or problems:
        raise DiagramError(problems)
    return diagram


def judged(text: str, name: str = "") -> tuple[Circuit | None, tuple[Problem, ...]]:
    """The diagram, or None, and every problem of the text."""
    found = parse_text(text)
    checker = _Checker(found)
    diagram = checker.run(name)
    unique = {(p.span, p.code, p.message): p for p in (*found.problems, *checker.problems)}
    ordered = sorted(unique.values(), key=lambda p: (p.span.line, p.span.col))
    problems = tuple(ordered[:PROBLEMS_MAX])
    return (None if problems else diagram), problems


class _Checker:
    """Checks all definitions of one text."""

    def __init__(self, text: Text) -> None:
        self.definitions: dict[str, Definition] = {}
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        self.groups: dict[str, Axes] = {}
        self.notes: list[Note] = []
        self.sizes = Sizes()
        self.calling: list[str] = []
        self.saved: set[str] = set()
        self.words = {word.name.text: word for word in text.words}
        for name in [word.name for word in text.words]:
            if name.text in KINDS:
                self._say(name, "duplicate", f"{name.text} is an operation already")
            if self.words[name.text].name is not name:
                self._say(name, "duplicate", f"{name.text} is defined twice")
        for definition in text.definitions:
            name = definition.name.text
            if name in KINDS:
                self._say(definition.name, "duplicate", f"{name} is an operation already")
            if name in self.definitions or name in self.words:
                self._say(definition.name, "duplicate", f"{name} is defined twice")
            self.definitions[name] = definition

    def run(self, name: str) -> Circuit | None:
        """Check every definition alone, the wanted one last."""
        if not self.definitions:
            return None
        main = name if name in self.definitions else list(self.definitions)[-1]
        for other in [n for n in self.definitions if n != main]:
            self._alone(self.definitions[other])
        self.groups, self.notes = {}, []
        graph = self._alone(self.definitions[main])
        axes = graph.size_names()
        declared = {n: value for n, (value, _) in self.sizes.declared.items()}
        return Circuit(
            graph,
            declared,
            {n: v for n, v in self.sizes.known.items() if n in axes or n in declared},
            self.groups,
            tuple(self.notes),
            {n: window for n, (window, _) in self.sizes.windows.items()},
        )

    def _alone(self, definition: Definition) -> Graph:
        self.sizes = Sizes()
        graph = self._definition(definition)
        self.sizes.solve()
        self.problems += self.sizes.problems
        return graph

    def _definition(self, definition: Definition) -> Graph:
        self.calling.append(definition.name.text)
        outside, self.saved = self.saved, set()
        scope = Scope()
        for param in definition.params:
            self._add(scope, self._value(param), param.name)
        self._items(scope, definition.body)
        outputs = self._outputs(scope, definition)
        inputs = tuple(scope.values[p.name.text] for p in definition.params)
        self.calling.pop()
        self.saved = outside
        name = definition.name.text
        return Graph(name, inputs, tuple(scope.nodes), outputs)

    def _outputs(self, scope: Scope, definition: Definition) -> tuple[str, ...]:
        wanted = [tuple(name.text for name in axes) for axes in definition.outs]
        made = [value for node in scope.nodes for value in node.outs]
        if scope.returned:
            found = [self._find(scope, name) for name in scope.returned]
        else:
            found = made[len(made) - len(wanted) :] if len(made) >= len(wanted) else []
            found = found or list(scope.values.values())[: len(wanted)]
        values = [value for value in found if value is not None]
        if len(values) != len(wanted):
            text = f"{definition.name.text} gives {len(wanted)} arrays, but {len(values)} are there"
            self._say(definition.name, "wrong-codomain", text, "add  return a, b")
            return ()
        self._not_saved([replace(definition.name, text=value.name) for value in values])
        for value, axes in zip(values, wanted, strict=True):
            if value.axes != axes:
                there = f"{value.name} has {' '.join(value.axes) or 'no axes'}"
                text = f"{definition.name.text} should end in {' '.join(axes) or '()'}, but {there}"
                spot = definition.outs[wanted.index(axes)]
                self._say(spot[0] if spot else definition.name, "wrong-codomain", text)
        return tuple(value.name for value in values)

    # One level ----------------------------------------------------------------------------

    def _items(self, scope: Scope, items: tuple[Item, ...]) -> None:
        for item in items:
            match item:
                case Statement():
                    self._statement(scope, item)
                case BlockStatement():
                    self._block(scope, item)
                case SizeStatement():
                    self.sizes.declare(item.name.text, item.value, item.span)
                case GroupStatement():
                    self.groups[item.name.text] = tuple(name.text for name in item.axes)
                case NoteStatement():
                    if self._find(scope, item.value) is not None:
                        self.notes.append(Note(item.value.text, item.text))
                case ReturnStatement():
                    scope.returned = item.values

    def _value(self, typed: Typed) -> Value:
        axes = tuple(name.text for name in typed.axes)
        for k, name in enumerate(typed.axes):
            if name.text in axes[:k]:
                hint = f"call the second one {name.text}2 and declare  size {name.text}2 = "
                text = f"{typed.name.text} has the axis {name.text} twice"
                self._say(name, "repeated-axis", text, hint + name.text)
        return Value(typed.name.text, axes, typed.dtype.text if typed.dtype else "")

    def _add(self, scope: Scope, value: Value, name: Name) -> None:
        if scope.taken(name.text):
            line = self.lines.get(name.text, 0)
            seen = f" (line {line})" if line and line != name.span.line else ""
            self._say(name, "duplicate", f"there is a value {name.text} already{seen}")
        self.lines.setdefault(name.text, name.span.line)
        scope.values[name.text] = value
        self.sizes.seen.update(value.axes)

    def _find(self, scope: Scope, name: Name) -> Value | None:
        found = scope.find(name.text)
        if found is None:
            hint = nearest(name.text, scope.names())
            self._say(name, "unknown-value", f"there is no value {name.text} above", hint)
        return found

    def _statement(self, scope: Scope, item: Statement) -> None:
        word = item.call.kind.text
        if word not in KINDS and word not in self.definitions and word not in self.words:
            hint = nearest(word, [*KINDS, *self.definitions, *self.words])
            self._say(item.call.kind, "unknown-op", f"there is no operation {word}", hint)
        args = [self._find(scope, name) for name in item.call.args]
        self._memory(item, word)
        outs = tuple(self._value(typed) for typed in item.outs)
        node = None
        if None not in args and all(len(set(v.axes)) == len(v.axes) for v in outs):
            node = self._node(item, tuple(a for a in args if a is not None), outs, scope)
        # A value that could not be made is still there for the lines below.
        node = node or Node("opaque", tuple(n.text for n in item.call.args), outs)
        scope.nodes.append(replace(node, span=item.span))
        for value, typed in zip(node.outs, item.outs, strict=True):
            self._add(scope, value, typed.name)

    def _memory(self, item: Statement, word: str) -> None:
        """What is saved has no wire any more: only ``load`` may read it."""
        if word != "load":
            self._not_saved(item.call.args)
        for name in item.call.args if word == "load" else ():
            if name.text not in self.saved:
                text = f"{name.text} is not in memory"
                self._say(name, "memory", text, f"write  C: ... = save({name.text})  above")
        if word == "save":
            self.saved.add(item.outs[0].name.text)

    def _not_saved(self, names: Iterable[Name]) -> None:
        for name in names:
            if name.text in self.saved:
                hint = f"write  v: ... = load({name.text})  and use v"
                self._say(name, "memory", f"{name.text} is in memory, it must be loaded", hint)

    def _node(
        self,
        item: Statement,
        args: tuple[Value, ...],
        outs: tuple[Value, ...],
        scope: Scope,
    ) -> Node | None:
        word = item.call.kind.text
        if word in self.definitions:
            return self._called(item, args, outs)
        if word in self.words:
            return self._spelled(item, args, outs)
        if word not in KINDS:
            return None
        kind, fn = KINDS[word]
        if len(outs) != 1:
            self._say(item.outs[1].name, "arity", f"{word} makes one array")
            return None
        ask = Ask(item.call, fn, args, item.outs[0], self.sizes)
        try:
            attrs = CHECKS[kind](ask)
            ask.holds(kind, attrs)
            label = ask.word("name") or _label(kind, ask)
        except RefusedError as error:
            self.problems.append(error.problem)
            return None
        self._bias(item, kind)
        self._tied(item, attrs, scope)
        if fn:
            attrs = {"fn": fn, **attrs}
        if item.call.scale is not None:
            attrs = {**attrs, "scale": item.call.scale}
        return Node(kind, tuple(a.name for a in args), outs, attrs, label)

    def _tied(self, item: Statement, attrs: Mapping[str, object], scope: Scope) -> None:
        """A weight or a bias can only be shared with an operation above that has one."""
        for array, key in TIES.items():
            wanted = attrs.get(key)
            makers = [n.outs[0].name for n in scope.nodes if array in dict(parameters(n))]
            if not isinstance(wanted, str) or wanted in makers:
                continue
            option = next(o for o in item.call.options if o.key and o.key.text == key)
            text = f"nothing above that makes {wanted} has a {array}, so it cannot be shared"
            hint = nearest(wanted, makers) or "name the value which the other operation makes"
            self.problems.append(Problem(option.span, "tied", text, hint))

    def _bias(self, item: Statement, kind: str) -> None:
        if item.call.bias and kind not in ("linear", "conv"):
            word = item.call.kind.text
            self._say(item.call.kind, "option", f"{word} has no bias", "leave the + out")

    def _called(
        self, item: Statement, args: tuple[Value, ...], outs: tuple[Value, ...]
    ) -> Node | None:
        definition = self.definitions[item.call.kind.text]
        name = item.call.kind
        if name.text in self.calling or len(self.calling) > DEPTH_MAX:
            chain = " -> ".join((*self.calling, name.text))
            self._say(name, "cycle", f"{name.text} contains itself ({chain})")
            return None
        fit = fitted(definition, args, outs)
        if isinstance(fit, str):
            self._say(name, "call", fit, "see its definition")
            return None
        body = self._definition(instantiated(definition, fit))
        for old, new in fit.renamed:
            reason = "a renamed axis keeps its size"
            self.sizes.equations.append(Equation(Poly.of(new), Poly.of(old), name.span, reason))
        label = next((w.text for o in item.call.options for w in o.words), "")
        option = next((o for o in item.call.options if o.key and o.key.text == "name"), None)
        label = str(option.value) if option else label
        names = tuple(a.name for a in args)
        return Node("block", names, outs, {"own": True}, label or name.text, body)

    def _spelled(
        self, item: Statement, args: tuple[Value, ...], outs: tuple[Value, ...]
    ) -> Node | None:
        """A word of the text's own, with the axes it is called with."""
        word, name = self.words[item.call.kind.text], item.call.kind
        wrong = word_refused(word, item, args, outs, (*self.calling, name.text))
        if wrong is not None:
            self.problems.append(wrong)
            return None
        own = tuple(w.text for o in item.call.options for w in o.words)
        try:
            definition = definition_of(word, tuple(a.axes for a in args), outs[0].axes, own)
        except LineError as error:
            self.problems.append(error.problem)
            return None
        body = self._definition(definition)
        names = tuple(a.name for a in args)
        return Node("block", names, outs, {"own": True}, name.text, body)

    # Blocks -------------------------------------------------------------------------------

    def _block(self, outer: Scope, item: BlockStatement) -> None:
        over = item.over.text if item.over else ""
        scope = Scope(outer, sliced=over)
        ins = [v for v in (self._find(scope, name) for name in item.ins) if v is not None]
        self._items(scope, item.body)
        outs = [v for v in (self._find(scope, name) for name in item.outs) if v is not None]
        looped = item.repeat is not None or bool(over)
        if looped and len(ins) == len(item.ins) and len(outs) == len(item.outs):
            self._feeds_itself(item, ins, outs)
        collected = self._collected(scope, item, over)
        rest = [n for n in scope.captured if n not in {v.name for v in ins}]
        inputs = (*ins, *(scope.captured[n] for n in rest))
        results = (*outs, *(inner for inner, _ in collected))
        body = Graph(
            item.name.text, inputs, tuple(scope.nodes), tuple(value.name for value in results)
        )
        made = (*outs, *(value for _, value in collected))
        attrs: dict = {"carried": len(ins)} if looped else {"ins": len(ins)}
        if item.repeat is not None:
            attrs["repeat"] = item.repeat
        if over:
            attrs["over"] = over
        if item.back:
            attrs["back"] = True
        names = tuple(value.name for value in inputs)
        outer.nodes.append(Node("block", names, made, attrs, item.name.text, body, item.span))
        spots = (*item.outs, *(name for name, _ in item.collect))
        for value, spot in zip(made, spots, strict=False):
            self._add(outer, value, spot)

    def _feeds_itself(self, item: BlockStatement, ins: list[Value], outs: list[Value]) -> None:
        if len(ins) != len(outs):
            text = f"{item.name.text} repeats, so it gives as many values as it takes"
            self._say(item.name, "cyclic-block", text, f"{len(ins)} go in, {len(outs)} come out")
            return
        self._not_saved((*item.ins, *item.outs))
        for before, after, name in zip(ins, outs, item.outs, strict=True):
            if (before.axes, before.dtype) != (after.axes, after.dtype):
                there = f"{before.name} has {' '.join(before.axes) or '()'}"
                text = f"{after.name} feeds {before.name} again, but has other axes"
                got = " ".join(after.axes) or "()"
                self._say(name, "cyclic-block", text, f"{there}, {after.name} has {got}")

    def _collected(
        self, scope: Scope, item: BlockStatement, over: str
    ) -> list[tuple[Value, Value]]:
        found = []
        for new, name in item.collect:
            inner = self._find(scope, name)
            if inner is not None:
                found.append((inner, Value(new.text, (over, *inner.axes), inner.dtype)))
                self.saved |= {new.text} if name.text in self.saved else set()
        return found

    def _say(self, at: Name, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(at.span, code, message, hint))


def _label(kind: str, ask: Ask) -> str:
    """``Linear[Q]``: for kinds whose words are no axes, the first word is the label."""
    if kind not in ("linear", "embed", "fn", "param", "opaque"):
        return ""
    return next((word.text for word in ask.words()), "")


def span_of(problems: tuple[Problem, ...]) -> tuple[Span, ...]:
    """Where a text is to be underlined."""
    return tuple(problem.span for problem in problems)


def size_table(diagram: Circuit) -> Mapping[str, Poly]:
    """Every axis whose size is known in terms of others, declared numbers included."""
    return {**diagram.sizes, **diagram.derived}
