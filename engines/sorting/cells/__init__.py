"""One cell followed through a run: what it wants now, what stops it, and who made its swaps."""
