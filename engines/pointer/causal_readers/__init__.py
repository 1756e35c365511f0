"""Undoing a shuffle by attention alone, with weights written down and weights trained."""
