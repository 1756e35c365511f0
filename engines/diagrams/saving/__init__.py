"""What a gradient needs kept from the way forward, in few bits: numbers, and classes of slopes."""
