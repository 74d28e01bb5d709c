"""Generated reliefs through every kind of file: the levels that come back are those that went in."""
