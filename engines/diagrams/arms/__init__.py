"""Arms that learn side by side and are examined under several conditions: looks, means, pairs."""
