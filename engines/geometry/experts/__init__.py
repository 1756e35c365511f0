"""Units of a layer in groups: experts that answer a few at a time, bricks that are taken out."""
