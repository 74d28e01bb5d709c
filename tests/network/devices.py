"""Small devices for the tests of network and training."""

from fabdesign.config import Project, project_from_text

TOML = """
name = "tiny"
[optics]
wavelength = "785 nm"
pitch = "1.5 um"
pixels = 32
layers = 2
gap = "40 um"
input_gap = "40 um"
detector_gap = "40 um"
[process]
profile = "2pp-63x-ip-dip"
levels = 4
base = "5 um"
[task]
detector_size = "6 um"
detector_pitch = ["11 um", "14 um"]
[train]
epochs = 2
batch = 20
"""


def tiny(*overrides: str) -> Project:
    """Two layers of 32×32 pixels that see 28×28 images."""
    return project_from_text(TOML, "tiny", overrides=overrides).project
