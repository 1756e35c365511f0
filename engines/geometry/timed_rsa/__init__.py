"""When which geometry appears: models held against every moment of a course, under its ceiling."""
