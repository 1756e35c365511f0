"""Routes at the size people have: thousands of cities, vehicles with a capacity."""
