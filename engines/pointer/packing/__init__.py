"""The knapsack: greed, a bound, exact answers, and what rounding costs."""
