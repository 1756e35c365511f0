"""Homeostatic networks: what they take in changes how fast they learn."""
