"""Pictures of the connectome workbench."""
