"""Numbers of one wiring: who is connected, how strongly, along which ways, and who is central."""
