"""The diagrams workbench: the drawing, its text, its costs."""
