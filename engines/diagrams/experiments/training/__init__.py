"""Diagrams that learn, side by side and at one price."""
