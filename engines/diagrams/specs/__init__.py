"""What the page asks for and what it is handed: specs and results of the experiments."""
