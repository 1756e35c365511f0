"""Compiled inner loops: hulls and tours, for batches of instances."""
