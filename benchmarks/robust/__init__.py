"""A network that was trained with the errors of its process, beside one that was not."""
