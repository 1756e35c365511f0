"""How pointer networks learn, and what carries over."""
