"""A representation through time, laid out for the eye."""
