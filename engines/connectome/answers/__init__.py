"""Numbers that others printed, or that follow from closed forms, and how to compute ours."""
