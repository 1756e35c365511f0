"""What trained weights compute, and whether two networks do it with the same neurons."""
