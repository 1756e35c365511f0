"""Networks that learn from a given start or within a given mask, and how far they move."""
