"""What a diagram is: values with named axes, operations, sizes, polynomials; it knows nobody."""
