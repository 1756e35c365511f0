"""Asked beyond what was learnt: modules and rules beside recurrent networks."""
