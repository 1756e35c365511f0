"""Instances solved by pointing, beside exact solvers."""
