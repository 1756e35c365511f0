"""Cities are moved, and their tour repairs itself where it was torn."""
