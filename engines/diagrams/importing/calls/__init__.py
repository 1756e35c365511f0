"""What every call of torch means as operations of ours, one table in several files."""
