"""Which rows of weights die together, cutting them out, and networks made to be cut."""
