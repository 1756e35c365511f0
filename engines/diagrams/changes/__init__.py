"""Networks that look at moving pictures and pass on only what changes."""
