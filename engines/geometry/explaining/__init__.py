"""Which model's geometry explains what was measured, and how well any model could."""
