"""What every wire can be for all inputs of a box: of many boxes at once, drawn as bands."""
