"""Attention over spikes: cells with known couplings, a network that attends, its rivals."""
