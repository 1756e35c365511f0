"""Routes and loads at the size people have: thousands of cities, vehicles, knapsacks."""
