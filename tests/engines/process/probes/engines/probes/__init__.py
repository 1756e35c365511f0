"""Experiments that misbehave on purpose, for tests of the engine process."""
