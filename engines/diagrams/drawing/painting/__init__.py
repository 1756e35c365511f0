"""From a strip to marks at pixels: symbols, curves, words."""
