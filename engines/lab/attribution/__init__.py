"""What of an input an answer rests on."""
