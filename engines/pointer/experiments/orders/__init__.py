"""Inputs and outputs in order: shuffles and permutations."""
