"""Inside a network that answers: its heads, what its states say, what one moved point changes."""
