"""Your own files, sentences and models through the same pictures."""
