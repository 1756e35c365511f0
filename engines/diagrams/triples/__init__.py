"""A memory of triples that is read by drawing: subject, predicate, object, one after the other."""
