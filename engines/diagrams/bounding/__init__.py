"""What every wire can be for all inputs of a box, and proofs by cutting that box into regions."""
