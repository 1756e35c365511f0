"""A square of a sketch that two networks fill, and how far it commutes."""
