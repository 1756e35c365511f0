"""What runs through a wiring: stimulation and recordings."""
