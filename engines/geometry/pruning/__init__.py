"""What a network can do with few of its weights, and whether it matters which."""
