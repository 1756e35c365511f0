"""Paths between two given ends, answered by a network that points."""
