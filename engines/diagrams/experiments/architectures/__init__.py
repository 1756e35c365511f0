"""Networks that change what a layer is, beside what they are said to replace."""
