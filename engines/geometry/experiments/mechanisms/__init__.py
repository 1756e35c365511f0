"""How a trained network computes what it computes."""
