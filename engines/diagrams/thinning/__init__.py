"""Networks that lose hidden units while they learn, as many as are asked for."""
