"""Attention to keys that are drawn anew: in learning to spare FLOPs, in the exam to vote."""
