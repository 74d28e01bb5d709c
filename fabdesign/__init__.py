"""From an optical task to a print job, with proof that what will be printed still works."""
