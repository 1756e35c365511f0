"""Boards of rows, columns and boxes, answered by a network that passes messages between cells."""
