"""One file per experiment; each defines ``EXPERIMENT``."""
