"""The weights that come with the product: how they are made, and how good they must be."""
