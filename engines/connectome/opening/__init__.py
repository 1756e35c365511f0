"""Recordings people have: what a file holds becomes one checked recording, or a sentence."""
