"""Many arrays, conditions compared with intervals."""
