"""A chosen set of activations looked at closely: one moment, its dichotomies, all pairs."""
