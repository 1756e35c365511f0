"""Units of one network found again in another: one to one, one to many, many to many."""
