"""Networks with few of their weights, beside others that have as few."""
