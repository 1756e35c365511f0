"""Tours of thousands of cities: a start, windows of it solved by themselves, the whole again."""
