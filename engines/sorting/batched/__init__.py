"""Many synchronous arrays at once, in torch, with the bytes of the numba kernel."""
