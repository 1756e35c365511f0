"""Seeded random streams, and what chance alone would give."""
