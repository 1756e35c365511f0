"""What guards the boundary: strangers' files, names from outside, bytes that are sent or kept."""
