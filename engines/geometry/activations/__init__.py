"""Activations on disk: what was recorded of which stimuli, and the library they lie in."""
