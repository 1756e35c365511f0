"""Choosing: games on rugged landscapes, and subsets that know their superset."""
