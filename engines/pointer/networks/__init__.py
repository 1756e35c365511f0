"""Networks that answer by pointing, behind one interface (see `base`)."""
