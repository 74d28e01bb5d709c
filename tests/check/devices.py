"""A small trained-looking device for the tests: random levels, a task, an exact base."""

import math
from pathlib import Path

import numpy as np

from fabdesign.design import (
    Design,
    Detector,
    Encoder,
    Optical,
    Physical,
    PlaneSource,
    Readout,
    Slab,
    save_design,
)
from fabdesign.export import export_design

PITCH_UM = 1.5
BASE_UM = 5.0
STEP_UM = 0.18


def make_physical(layers: int = 3, pitch_um: float = PITCH_UM) -> Physical:
    """785 nm light through IP-Dip in air; ten detectors in three rows."""
    air, resin = 1.0, 1.5429
    gap = Slab(what="gap", thickness_um=60.0, index=air)
    base = Slab(what="base", thickness_um=BASE_UM, index=resin)
    centres = [(x * 9.0, y * 9.0) for y in (1, 0, -1) for x in (-1, 0, 1)] + [(13.0, 13.0)]
    return Physical(
        wavelength_um=0.785,
        pitch_um=pitch_um,
        medium=Optical(name="air", index=air),
        material=Optical(name="ip-dip", index=resin),
        process="2pp-63x-ip-dip",
        spaces=(*[(gap, base)] * layers, (gap,)),
        source=PlaneSource(),
        encoder=Encoder(kind="phase", depth_rad=math.pi, pixels=(28, 28), pixel_um=pitch_um),
        detectors=tuple(
            Detector(label=str(k), centre_um=centre, size_um=(4.5, 4.5)) for k, centre in enumerate(centres)
        ),
        readout=Readout(),
    )


def make_design(
    seed: int = 0, *, layers: int = 3, pixels: tuple[int, int] = (32, 32), levels: int = 8
) -> Design:
    """Random levels, so that no layer looks like another or like itself turned."""
    rng = np.random.default_rng(seed)
    return Design(
        levels=rng.integers(0, levels, (layers, *pixels), dtype=np.uint8),
        height_of_level_um=np.tile(np.round(np.arange(levels) * STEP_UM, 6), (layers, 1)),
        physical=make_physical(layers),
    )


def export_beside(design: Design, folder: Path, mesh: str = "pixels") -> list[Path]:
    """The design's file and its STL files in one folder; returns the STL files."""
    save_design(design, folder / "design.safetensors")
    return list(export_design(design, folder, "stl", options={"mesh": mesh}).paths)
