"""Answers about networks: what they hold of their past, and what they learn."""
