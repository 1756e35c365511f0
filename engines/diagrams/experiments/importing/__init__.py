"""PyTorch models read as diagrams."""
