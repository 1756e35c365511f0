"""From text to graph and back, every mistake told with its place and its mend."""
