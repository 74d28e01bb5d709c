"""One file per command; each exposes ``command`` and imports what is heavy inside it."""
