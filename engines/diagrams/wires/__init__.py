"""What flows on wires while a diagram runs: heard, measured, drawn small under the lines."""
