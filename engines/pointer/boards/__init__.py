"""Boards of rows, columns and boxes: exact answers, puzzles, and a network that passes messages."""
