"""Two by two numbers become one: by orders, by the largest, by the mean."""
