"""Small causal models of token sequences: what they learn from facts, paths and spans."""
