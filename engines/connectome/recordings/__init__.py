"""Recordings of activity: made regular and comparable; motifs in them."""
