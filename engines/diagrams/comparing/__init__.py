"""Two graphs side by side: what both have, what only one has, what the change costs."""
