"""Boxes that hold differential equations: wired by typed ports, nested, and run."""
