"""Tours through a table of ways that differ there and back: asked, found, bounded, drawn."""
