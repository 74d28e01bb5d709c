"""A package, so that no installed one that ships its own tests stands in its way."""
