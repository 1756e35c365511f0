"""From graph to torch: modules, Python source, and equality with what it came from."""
