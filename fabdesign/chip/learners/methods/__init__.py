"""One learner a file; found by `fabdesign.chip.learners.registry`."""
