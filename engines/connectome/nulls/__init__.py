"""Random wirings like a wiring, and every measure of it beside theirs."""
