"""Where points and distances come from: drawn, typed, or read from a TSPLIB file."""
