"""Numbers that somebody else wrote, or closed forms, and how ours are computed."""
