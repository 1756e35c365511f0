"""Closed forms beside draws: sparse codes, linear attention, random deep layers."""
