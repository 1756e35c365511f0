"""Pictures and knobs of the pointer workbench."""
