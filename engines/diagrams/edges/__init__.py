"""Functions on edges (Kolmogorov-Arnold networks) beside perceptrons of as many parameters."""
