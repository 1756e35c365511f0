"""What the geometry of activity lets a reader do."""
