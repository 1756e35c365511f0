"""How representations form while networks train."""
