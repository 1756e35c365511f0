"""Architectures written as text and drawn."""
