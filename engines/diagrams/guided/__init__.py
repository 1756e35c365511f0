"""Searching the networks nested in one, by a guess that learns from those seen."""
