"""How a loss bends: products with the Hessian and its largest eigenvalues, network by network."""
