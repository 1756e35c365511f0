"""What a wiring foretells of activity: structure beside function, and the next frame."""
