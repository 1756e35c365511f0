"""In which basis layers talk over fewest wires, and whether it is the basis or what it drops."""
