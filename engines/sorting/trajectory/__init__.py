"""A finished run as data: its swaps, the traits of its cells, and what is measured along it."""
