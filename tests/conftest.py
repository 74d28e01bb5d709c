"""For all tests: shapes in annotations are checked as they run, and no example is judged by its time."""

import os

from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

from tests import shape_checks  # noqa: F401  (imported by name by the hook)

ROOMS = ["fabdesign.network", "fabdesign.quantise", "fabdesign.tasks", "fabdesign.training.gradient"]

install_import_hook(ROOMS, "tests.shape_checks.check")

if "CI" not in os.environ:  # there hypothesis loads a profile of its own: the same examples every time
    settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("house")
