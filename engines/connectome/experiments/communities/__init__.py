"""Groups of neurons that hold together."""
