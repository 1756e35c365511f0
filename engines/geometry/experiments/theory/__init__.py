"""What can be calculated of learning and memory, beside networks that do it."""
