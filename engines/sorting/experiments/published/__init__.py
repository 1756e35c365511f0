"""What the paper says, held against what happens here."""
