"""What a wiring keeps of what went through it."""
