"""What is decided, and nothing else: events in, instructions out, no clock of its own."""
