"""What a wiring learns, and what learning makes of it."""
