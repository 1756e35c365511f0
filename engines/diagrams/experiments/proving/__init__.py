"""What can be proved of a network, for every input of a box."""
