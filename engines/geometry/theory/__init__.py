"""Learning and memory that can be calculated, and the networks that are held against it."""
