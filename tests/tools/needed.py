"""Programs that come with the system: without one, its tests are skipped and say so, but fail in CI."""

from __future__ import annotations

import os
import shutil

import pytest


def need(program: str, package: str) -> pytest.MarkDecorator:
    """Skips tests where a program is missing; where FABDESIGN_NEED_TOOLS is set, nothing is skipped."""
    missing = shutil.which(program) is None and not os.environ.get("FABDESIGN_NEED_TOOLS")
    return pytest.mark.skipif(missing, reason=f"{program} is not installed: apt-get install {package}")
