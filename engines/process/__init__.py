"""The engine process: dask.distributed, made into an engine."""
