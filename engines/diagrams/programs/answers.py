"""Known answers of programs: Python's own logic, loops over pixels, a smaller network."""

from __future__ import annotations

import ast

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Formulas, ink, classes and zeros."""
    return (
        KnownAnswer("values of 300 formulas of 40 pictures that differ from their text's",
                    "Python's own and, or, ^ and not, picture by picture", 0.0, 0.0, formula_miss),
        KnownAnswer("ink of the parts of 20 pictures less loops over pixels, largest miss",
                    "sums pixel by pixel", 0.0, 1e-12, ink_miss),
        KnownAnswer("classes that differ from bits read as a number from right to left",
                    "Python's int(text, 2)", 0.0, 0.0, class_miss),
        KnownAnswer("answers with bits of 0 less those of a network without them, largest miss",
                    "torch.nn.Sequential with the same weights", 0.0, 1e-6, zero_miss),
    )  # fmt: skip


def formula_miss() -> float:
    """Depths 0 to 3."""
    import numpy as np

    from engines.diagrams.programs.formulas import PARTS, drawn

    rng = np.random.default_rng(0)
    ink, missed = rng.random((40, len(PARTS))), 0
    rows = [dict(zip(PARTS, row, strict=True)) for row in ink.tolist()]
    for k in range(300):
        one = drawn(rng, k % 4)
        read = ast.parse(str(one), mode="eval").body
        told = [_true(read, row) for row in rows]
        missed += int((one.of(ink) != np.array(told)).sum())
    return float(missed)


def _true(node: ast.expr, row: dict[str, float]) -> bool:
    """What Python's own reading of a text says of one picture."""
    match node:
        case ast.Compare(left=ast.Name(id=one), comparators=[ast.Name(id=other)]):
            return row[one] > row[other]
        case ast.UnaryOp(operand=inner):
            return not _true(inner, row)
        case ast.BoolOp(op=ast.And(), values=[left, right]):
            return _true(left, row) and _true(right, row)
        case ast.BoolOp(op=ast.Or(), values=[left, right]):
            return _true(left, row) or _true(right, row)
        case ast.BinOp(op=ast.BitXor(), left=left, right=right):
            return _true(left, row) ^ _true(right, row)
    raise ValueError(ast.unparse(node))


def ink_miss() -> float:
    """Parts by their names."""
    import numpy as np

    from engines.diagrams.programs.formulas import PARTS, ink_of

    pictures = np.random.default_rng(0).random((20, 8, 8))
    ours = dict(zip(PARTS, ink_of(pictures.reshape(20, 64)).T, strict=True))
    found = 0.0
    for k in range(4):
        pair = range(2 * k, 2 * k + 2)
        rows = [sum(p[r][c] for r in pair for c in range(8)) / 16 for p in pictures]
        columns = [sum(p[r][c] for r in range(8) for c in pair) / 16 for p in pictures]
        square = [sum(p[r][c] for r in pair for c in (4, 5)) / 4 for p in pictures]
        theirs = {f"r{k + 1}": rows, f"c{k + 1}": columns, f"r{k + 1}c3": square}
        found = max(found, *(float(np.abs(ours[n] - v).max()) for n, v in theirs.items()))
    lower = [sum(p[r][c] for r in range(4, 8) for c in range(4)) / 16 for p in pictures]
    return max(found, float(np.abs(ours["lower_left"] - lower).max()))


def class_miss() -> float:
    """Of a hundred pictures."""
    import numpy as np

    from engines.diagrams.programs.formulas import classes_of

    bits = np.random.default_rng(0).random((100, 8)) < 0.5
    theirs = [int("".join(str(int(b)) for b in row[2::-1]), 2) for row in bits]
    return float((classes_of(bits) != np.array(theirs)).sum())


def zero_miss() -> float:
    """Of fifty pictures."""
    import torch
    from torch import nn

    from engines.diagrams.programs.asked import HIDDEN
    from engines.diagrams.programs.running import Reader

    torch.manual_seed(0)
    ours, x = Reader(), torch.rand(50, 64)
    smaller = nn.Linear(HIDDEN, HIDDEN)
    with torch.no_grad():
        smaller.weight.copy_(ours.both.weight[:, :HIDDEN])
        smaller.bias.copy_(ours.both.bias)
        theirs = nn.Sequential(ours.seen, nn.ReLU(), smaller, nn.ReLU(), ours.said)(x)
        found = ours(torch.cat([x, torch.zeros(50, 8)], dim=1))
    return float((found - theirs).abs().max())
