"""Sheets of cells: self-sorting in two dimensions."""
