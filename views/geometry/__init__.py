"""Pictures of the geometry workbench."""
