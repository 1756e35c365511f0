"""One instance answered by a network, held against what is right."""
