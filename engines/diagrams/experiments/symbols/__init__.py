"""Networks that hold symbols: modules, rules, programs, triples."""
