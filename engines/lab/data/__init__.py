"""Tasks and planted data, made here or bundled: each with its size, its chance level and why."""
