"""Strangers' files as arrays, and arrays as a set of activations."""
