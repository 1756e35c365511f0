"""Neurons that grow dendrites: each learns to follow what its neuron still gets wrong."""
