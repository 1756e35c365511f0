"""Representations as numbers: distances, dimension, topology, similarity, dichotomies, units."""
