"""A square of a sketch that two networks fill: does the one way say what the other says?"""
