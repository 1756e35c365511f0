"""Small causal transformers whose heads can be read, held to a pattern, silenced and replaced."""
