"""Representations of sentences and of your own networks."""
