"""What flows on the wires while a diagram runs: kept small, drawn under the lines, sent on."""
