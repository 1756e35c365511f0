"""Cells that sort on a plane."""
