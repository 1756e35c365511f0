"""Networks while they learn, many seeds at once, and what is done to them on the way."""
