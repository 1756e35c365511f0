"""What a head can be held to, by name; reading them loads no torch."""

from __future__ import annotations

from typing import Literal, get_args

PatternName = Literal["previous", "two-back", "match", "self", "first", "even", "nothing"]
"""previous: the place before; two-back: the one before that, a wrong offset; match: the place after
the last earlier place with the same token; self: its own place; first: the first place; even: all
places up to its own alike; nothing: no place at all, which silences the head. Where there is no
such place, a head looks at itself."""
PATTERNS: tuple[PatternName, ...] = get_args(PatternName)
FREE = 0
"""A head that is held to nothing; the k-th pattern that a build can hold has the code k + 1."""
