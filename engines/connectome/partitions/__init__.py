"""Communities of a wiring: how they are found, judged, agreed on and compared."""
