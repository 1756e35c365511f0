"""From graph to picture, and from picture to files."""
