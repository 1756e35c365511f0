"""Recordings of activity: made regular and comparable."""
