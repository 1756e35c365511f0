"""One array moves: its start, the kernels that drive it, and the log that becomes a trajectory."""
