"""Compiled kernels on graphs; nothing here is imported by the page."""
