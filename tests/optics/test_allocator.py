import os
import subprocess
import sys

import pytest

PROGRAM = """
from fabdesign.optics.allocator import tune_allocator
print(tune_allocator(), tune_allocator())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
@pytest.mark.parametrize(("switch", "expected"), [(None, "True True"), ("0", "False False")])
def test_it_can_be_switched_off(switch, expected):
    environment = {key: value for key, value in os.environ.items() if key != "FABDESIGN_MALLOPT"}
    if switch is not None:
        environment["FABDESIGN_MALLOPT"] = switch
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == expected
