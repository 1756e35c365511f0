"""Maps in two dimensions of many: what they keep, what they make up, and whether they agree."""
