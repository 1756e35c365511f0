"""What a wiring loses when parts are cut."""
