"""Cities of one-way streets, rivers and fast roads: costs that differ there and back."""
