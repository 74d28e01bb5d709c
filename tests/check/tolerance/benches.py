"""Small devices whose copies are quick to score."""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.tolerance import Device, Plan, make_plan
from fabdesign.design import (
    Design,
    Detector,
    Encoder,
    GaussianSource,
    Optical,
    Physical,
    PlaneSource,
    Readout,
    Slab,
)
from fabdesign.process import Profile, load_profile

WAVELENGTH_UM = 0.8
CONTRAST = 0.5
FULL_TURN_UM = WAVELENGTH_UM / CONTRAST


def classifier(seed: int = 0, layers: int = 2, pixels: int = 16, levels: int = 4) -> Design:
    """Random levels, 8×8 images, four detectors; small enough for hundreds of copies a second."""
    rng = np.random.default_rng(seed)
    pitch_um = 1.5
    gap = Slab(what="gap", thickness_um=25.0, index=1.0)
    base = Slab(what="base", thickness_um=5.0, index=1.5)
    physical = Physical(
        wavelength_um=WAVELENGTH_UM,
        pitch_um=pitch_um,
        medium=Optical(name="air", index=1.0),
        material=Optical(name="resin", index=1.0 + CONTRAST),
        process="2pp-63x-ip-dip",
        spaces=(*[(gap, base)] * layers, (gap,)),
        source=PlaneSource(),
        encoder=Encoder(kind="phase", depth_rad=math.pi, pixels=(8, 8), pixel_um=pitch_um),
        detectors=tuple(
            Detector(label=str(k), centre_um=(x, y), size_um=(4.5, 4.5))
            for k, (x, y) in enumerate([(-4.5, -3.0), (3.0, -6.0), (-3.0, 4.5), (6.0, 3.0)])
        ),
        readout=Readout(),
    )
    heights = np.round(np.arange(levels) * FULL_TURN_UM / levels, 6)
    return Design(
        levels=rng.integers(0, levels, (layers, pixels, pixels), dtype=np.uint8),
        height_of_level_um=np.tile(heights, (layers, 1)),
        physical=physical,
    )


def images(folder: Path, count: int = 12, shape: tuple[int, int] = (8, 8), blank: bool = False) -> Path:
    """A data set of random images with four labels."""
    rng = np.random.default_rng(7)
    drawn = np.zeros((count, *shape), np.uint8) if blank else rng.integers(0, 256, (count, *shape), np.uint8)
    labels = np.arange(count, dtype=np.uint8) % (1 if blank else 4)
    path = folder / "images.npz"
    np.savez(path, train_images=drawn, train_labels=labels, test_images=drawn, test_labels=labels)
    return path


def small_plan(folder: Path, **settings: object) -> Plan:
    """The classifier in the process whose numbers are known best."""
    return make_plan(
        classifier(),
        load_profile("2pp-63x-ip-dip"),
        data=images(folder),
        **settings,  # type: ignore[arg-type]
    )


def grating(levels: int, periods: int = 4, period: int = 8, process: str = "ideal") -> Device:
    """A blazed grating along x whose period has so many levels, one layer."""
    one = np.arange(period) * levels // period
    row = np.tile(one, periods).astype(np.uint8)
    return _one_layer(np.tile(row, (4, 1)), np.arange(levels) * FULL_TURN_UM / levels, load_profile(process))


def _one_layer(levels: NDArray[np.uint8], heights: NDArray[np.float64], profile: Profile) -> Device:
    physical = Physical(
        wavelength_um=WAVELENGTH_UM,
        pitch_um=1.0,
        medium=Optical(name="air", index=1.0),
        material=Optical(name="resin", index=1.0 + CONTRAST),
        process=profile.name,
    )
    return Device(Design(levels[None], np.round(heights, 6)[None], physical), profile)


LENS_PITCH_UM = 1.0
LENS_WAIST_UM = 25.0
FOCAL_UM = 400.0


def lens() -> Design:
    """A lens of 256 levels in a Gaussian beam, with a small detector on its axis in the focal plane."""
    count = 128
    place = (np.arange(count) - (count - 1) / 2) * LENS_PITCH_UM
    squared = np.add.outer(place**2, place**2)
    phase = -2 * np.pi / WAVELENGTH_UM * (np.sqrt(squared + FOCAL_UM**2) - FOCAL_UM)
    levels = np.rint(np.mod(phase, 2 * np.pi) / (2 * np.pi) * 256).astype(int) % 256
    gap = Slab(what="gap", thickness_um=1.0, index=1.0)
    physical = Physical(
        wavelength_um=WAVELENGTH_UM,
        pitch_um=LENS_PITCH_UM,
        medium=Optical(name="air", index=1.0),
        material=Optical(name="resin", index=1.0 + CONTRAST),
        process="ideal",
        spaces=((gap,), (Slab(what="gap", thickness_um=FOCAL_UM, index=1.0),)),
        source=GaussianSource(waist_um=LENS_WAIST_UM),
        encoder=Encoder(kind="phase", pixels=(8, 8), pixel_um=LENS_PITCH_UM),
        detectors=(Detector(label="0", centre_um=(0.0, 0.0), size_um=(2.0, 2.0)),),
        readout=Readout(),
    )
    heights = np.round(np.arange(256) * FULL_TURN_UM / 256, 6)
    return Design(levels.astype(np.uint8)[None], heights[None], physical)
