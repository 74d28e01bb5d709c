"""Project files for Nanoscribe's nanoPrintX: a mesh, its slices and hatching, and what is done with it."""
