"""An existing module becomes a diagram, through `torch.export` and without decomposing it."""
