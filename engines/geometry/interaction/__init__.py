"""In which basis do layers talk over fewest wires, and is it the basis or what was left out?"""
