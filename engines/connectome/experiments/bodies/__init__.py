"""Wiring that moves a body, and feels how it moved."""
