"""One module per reader; each offers it as ``READER``."""
