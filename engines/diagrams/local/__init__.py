"""Layers that learn without a gradient from above: local rules beside backprop."""
