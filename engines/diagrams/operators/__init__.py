"""Networks that map fields to fields, learnt on one grid and asked on others."""
