"""Sparse codes of what a network holds: what they name, what else would name it, what they do."""
