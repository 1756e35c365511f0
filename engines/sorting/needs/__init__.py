"""Learners with a need: what they take in changes how fast they learn."""
