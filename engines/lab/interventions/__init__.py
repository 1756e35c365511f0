"""Changes to a network as data: written in a spec, applied by name, undone one by one."""
