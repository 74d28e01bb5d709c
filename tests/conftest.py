"""Shapes and types in annotations are checked while the tests run, in the rooms that state them."""

from jaxtyping import install_import_hook

from tests import shape_checks  # noqa: F401  (imported by name by the hook)

ROOMS = ["fabdesign.network", "fabdesign.quantise", "fabdesign.tasks", "fabdesign.training.gradient"]

install_import_hook(ROOMS, "tests.shape_checks.check")
