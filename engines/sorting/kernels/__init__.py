"""Compiled kernels: one array sorts itself. Importing this package loads numba."""
