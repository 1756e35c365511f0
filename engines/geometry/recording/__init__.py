"""What the layers of a torch module give, as arrays."""
