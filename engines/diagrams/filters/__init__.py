"""Convolutions of which each picture computes some filters: guessed, the same for all, or known."""
