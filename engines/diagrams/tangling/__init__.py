"""Searching for an architecture inside of one network: kernels that share their weights."""
