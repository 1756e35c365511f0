"""Networks built from what sorts: orders that pool, units with needs."""
