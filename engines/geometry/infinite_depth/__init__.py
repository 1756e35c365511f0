"""What networks of endless width become when they are endlessly deep too."""
