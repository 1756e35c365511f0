"""Two animals, or one animal as it grows."""
