"""Two diagrams side by side."""
