"""What networks are taught: stimuli, targets and how much of one is in the other."""
