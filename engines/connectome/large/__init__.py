"""Wirings of a fly's size: laid out, drawn as pixels, measured with an error."""
