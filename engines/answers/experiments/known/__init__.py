"""Known answers recomputed."""
