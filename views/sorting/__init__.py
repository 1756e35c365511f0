"""The sorting workbench: the array, its history and its numbers."""
