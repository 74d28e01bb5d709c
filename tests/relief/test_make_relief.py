"""From a design to a relief: exact lengths, and the base that the optics used."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.design import Design, parse_physical
from fabdesign.errors import ConfigError
from fabdesign.process import load_profile
from fabdesign.relief import layer_lattice, make_relief
from fabdesign.relief.contacts import choose_eps_pm
from fabdesign.relief.relief import Relief


def design(bases=(5.0, 5.0), *, pitch_um=1.5, heights=(0.0, 0.2, 0.4), spaces=True) -> Design:
    gap = {"what": "gap", "thickness_um": 50.0, "index": 1.0}
    slabs = [[gap, {"what": "base", "thickness_um": base, "index": 1.5}] for base in bases]
    record = {
        "wavelength_um": 0.785,
        "pitch_um": pitch_um,
        "medium": {"name": "air", "index": 1.0},
        "material": {"name": "ip-dip", "index": 1.5},
        "process": "ideal",
        "spaces": [*slabs, [gap]] if spaces else [],
    }
    levels = np.arange(len(bases) * 6, dtype=np.uint8).reshape(len(bases), 2, 3) % len(heights)
    return Design(levels, np.array([heights] * len(bases)), parse_physical(record))


def test_lengths_become_picometres():
    relief = make_relief(design(), name="digits")
    assert (relief.base_pm, relief.pitch_pm, relief.name) == (5_000_000, 1_500_000, "digits")
    assert relief.height_of_level_pm.tolist() == [[0, 200_000, 400_000]] * 2
    assert relief.content_hash == design().content_hash


def test_base_argument_must_agree_with_the_optics():
    assert make_relief(design(), base_um=5.0).base_um == 5.0
    with pytest.raises(ConfigError, match="must be 5 um, the slab"):
        make_relief(design(), base_um=4.0)


def test_base_for_a_design_without_slabs():
    assert make_relief(design(spaces=False), base_um=2.0).base_um == 2.0
    profile = load_profile("2pp-63x-ip-dip")
    assert profile.base_um is not None
    assert make_relief(design(spaces=False), profile).base_um == profile.base_um.value
    assert make_relief(design(spaces=False)).base_um == 0.0


def test_layers_with_different_bases_are_refused():
    with pytest.raises(ConfigError, match="same base"):
        make_relief(design(bases=(5.0, 6.0)))


@pytest.mark.parametrize(
    ("change", "what"),
    [({"pitch_um": 1.50000003}, "pitch_um"), ({"heights": (0.0, 0.1234567, 0.4)}, "height_of_level_um")],
)
def test_lengths_must_be_whole_picometres(change, what):
    with pytest.raises(ConfigError, match=f"{what} must be a whole number of picometres"):
        make_relief(design(**change))


def test_no_base_no_solid():
    with pytest.raises(ConfigError, match="needs a base plate"):
        make_relief(design(spaces=False), base_um=0.0).require_base()
    with pytest.raises(ConfigError, match="must not be thinner than 0"):
        make_relief(design(spaces=False), base_um=-1.0)


def test_level_without_height_is_refused():
    with pytest.raises(ConfigError, match="below 2"):
        Relief(np.full((1, 2, 2), 2, np.uint8), np.array([[0, 5]]), 1, 1, "0" * 64, "x")


def test_volume_is_exact_beyond_64_bits():
    levels = np.ones((1, 100, 100), dtype=np.uint8)
    relief = Relief(levels, np.array([[0, 7_000_001]]), 5_000_000, 1_500_000, "0" * 64, "x")
    assert relief.volume_pm3(0) == 10_000 * 12_000_001 * 1_500_000**2 > 2**64


def test_plate_too_large_for_float32_is_refused():
    assert choose_eps_pm(1_500_000, 1000.0) == 1465
    with pytest.raises(ConfigError, match="steps of a 32-bit number"):
        choose_eps_pm(10_000, 1000.0)


def test_height_steps_too_small_for_float32_are_refused():
    relief = Relief(np.array([[[0, 1]]], np.uint8), np.array([[0, 20]]), 5_000_000, 1_000_000, "0" * 64, "x")
    with pytest.raises(ConfigError, match="32-bit numbers to tell them apart"):
        layer_lattice(relief, 0)
