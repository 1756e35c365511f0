"""One array, followed cell by cell."""
