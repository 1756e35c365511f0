"""Where neurons are drawn, in which order, and what a page shows of a wiring."""
