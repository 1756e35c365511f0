"""What a wiring remembers of what went through it: reservoirs, and patterns that pull."""
