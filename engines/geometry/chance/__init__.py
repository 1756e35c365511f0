"""How far a measure may be off by chance, and what it says where there is nothing to see."""
