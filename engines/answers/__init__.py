"""Holds every workbench's numbers against published and closed-form ones."""
