"""Small transformers that find a label in their context: how they form, and what stands where."""
