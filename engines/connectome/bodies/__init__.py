"""A body in the loop: a circuit pulls muscles, water answers, joints are felt again."""
