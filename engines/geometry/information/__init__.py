"""What a layer seems to know of input and label while it learns, by the estimator that asks."""
