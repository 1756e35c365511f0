"""Experiments of the connectome workbench, one per file."""
