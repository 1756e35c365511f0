"""From marks to files: SVG, TikZ, HTML, and their colours."""
