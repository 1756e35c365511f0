"""Networks trained apart made one: in one order of units, three at a time, or only in part."""
