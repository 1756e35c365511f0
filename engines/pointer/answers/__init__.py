"""Numbers that others computed or printed, and how ours are computed."""
