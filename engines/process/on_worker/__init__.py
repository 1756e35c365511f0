"""What runs on a worker: a generator driven, its frames paced, its flags obeyed."""
