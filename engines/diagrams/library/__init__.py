"""Architectures and figures as texts; every one is drawn, run and held against torch."""

from engines.diagrams.library.attention import ATTENTION

__all__ = ["ATTENTION", "PRESETS"]

PRESETS = {"Multi-head attention": ATTENTION}
"""What the page offers to start from."""
