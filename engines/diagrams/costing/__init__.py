"""What a graph costs, as polynomials in the sizes of its axes."""
