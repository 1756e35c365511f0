"""Partial orders of a few points, what hangs on them, and the filters that they make."""
