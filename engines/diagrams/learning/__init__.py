"""Diagrams that learn: entrants of one size on one task, many seeds each, and what may be said."""
