"""Which neurons are of one kind: by how they fire in regimes, or by the stimuli that tell them."""
