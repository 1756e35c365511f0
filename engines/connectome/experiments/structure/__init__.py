"""How a wiring is built, beside its null models."""
