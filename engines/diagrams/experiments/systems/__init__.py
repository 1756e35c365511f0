"""Systems that change in time, wired to each other and nested in each other."""
