"""Attention learnt on short sequences and asked on long ones: what its weights are made of."""
