"""Which maps make a network look as if it computed a variable, and whether it had to learn to."""
