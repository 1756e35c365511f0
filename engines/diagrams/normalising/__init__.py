"""Normalisations and activations in one, and how few pictures their statistics may rest on."""
