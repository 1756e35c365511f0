"""What runs through a wiring: stimuli, networks as dynamical systems, and their simulation."""
