"""Programs of formulas whose bits join a network's layer."""
