"""A fused learned map whose parts are only ever used one by one becomes one map per part.

Models compute Q, K and V by one matrix; the diagram shows the three maps that it holds.
"""

from __future__ import annotations

from dataclasses import replace

from engines.diagrams.importing.tracing.atoms import Atom
from engines.diagrams.importing.tracing.tracer import Draft, Tracer

_THREE = ("Q", "K", "V")
_FUSED = ("qkv", "in_proj", "c_attn", "to_qkv")


def unfused(t: Tracer) -> None:
    """Rewrite every such map of an import in place."""
    readers: dict[str, list[Draft]] = {}
    for draft in t.drafts:
        for name in draft.args:
            readers.setdefault(name, []).append(draft)
    taken: list[Draft] = []
    for draft in t.drafts:
        parts = _parts(t, draft, readers.get(draft.out, []))
        if parts is None:
            taken.append(draft)
            continue
        for k, index in enumerate(parts):
            taken.append(_one(t, draft, index, k, len(parts)))
        gone = {index.out for index in parts}
        readers[draft.out] = []
        for other in t.drafts:
            if other.out in gone:
                other.kind = "gone"
    t.drafts = [d for d in taken if d.kind != "gone"]


def _parts(t: Tracer, draft: Draft, users: list[Draft]) -> list[Draft] | None:
    if draft.kind != "linear" or not users or any(u.kind != "index" for u in users):
        return None
    outs = t.atoms.resolved(draft.attrs["outs"])
    axis = outs[0]
    if len(outs) < 2 or any(t.atoms.find(u.attrs["axis"]) is not axis for u in users):
        return None
    positions = sorted(u.attrs["at"] for u in users)
    if positions != list(range(axis.size)) or any("#" in p for p in draft.state.values()):
        return None
    return sorted(users, key=lambda u: u.attrs["at"])


def _one(t: Tracer, draft: Draft, index: Draft, k: int, n: int) -> Draft:
    outs = t.atoms.resolved(draft.attrs["outs"])[1:]
    rows = 1
    for atom in outs:
        rows *= atom.size
    state = {s: f"{path}#{k * rows}:{(k + 1) * rows}" for s, path in draft.state.items()}
    fused = n == 3 and any(word in (*draft.state.values(), draft.name)[0] for word in _FUSED)
    fused = fused or (n == 3 and draft.name in _FUSED)
    name = _THREE[k] if fused else f"{draft.name}{k}"
    attrs = {**draft.attrs, "outs": outs}
    axes: tuple[Atom, ...] = t.axes[index.out]
    # The layer that held them all is no block of its own; the parts belong to what is around it.
    stack = draft.stack[:-1] if draft.stack and "Linear" in draft.stack[-1][1] else draft.stack
    return replace(
        draft, out=index.out, axes=axes, attrs=attrs, state=state, name=name, stack=stack
    )
