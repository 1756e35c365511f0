"""What is known while an exported model is read: axes by their origin, operations as drafts."""
