"""Runs that misbehave on purpose."""
