"""Networks that solve an equation of fields by cycles over coarser and coarser grids."""
