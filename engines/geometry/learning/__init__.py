"""Networks that are watched while they learn, many at once, and the theory of how they do."""
