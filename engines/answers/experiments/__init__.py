"""The one experiment that checks all others."""
