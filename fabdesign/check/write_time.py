"""How long a process writes at each layer of a design."""

from __future__ import annotations

import numpy as np

from fabdesign.check.rules.planes import planes_of
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.process.fields import field_side_um, split_fields
from fabdesign.relief.relief import PM_PER_UM
from fabdesign.relief.write_time import WriteTime, beam_time, raster_time, write_time


def design_write_time(design: Design, profile: Profile) -> list[WriteTime]:
    """Estimate the write time of each layer by the kind of the process.

    Two-photon printers write the lines of every slice, base included; grey ones the lines of one slice; laser
    writers scan the area once for each mask or dose; an electron beam gives drawn area its dose.

    Args:
        design: the design.
        profile: the process; numbers that it lacks are listed in `WriteTime.unknown` and count as 0.
    """
    return [_layer_time(design, profile, layer) for layer in range(design.layers)]


def count_fields(design: Design, profile: Profile) -> int:
    """Into how many writing fields a layer is divided; 1 where a field holds no pixel."""
    pitch_pm = round(design.physical.pitch_um * PM_PER_UM)
    try:
        return len(split_fields(design.pixels, pitch_pm, field_side_um(profile)))
    except ConfigError:
        return 1


def _layer_time(design: Design, profile: Profile, layer: int) -> WriteTime:
    box_um2 = design.levels[layer].size * design.physical.pitch_um**2
    fields = count_fields(design, profile)
    match profile.kind:
        case "2pp" | "2gl":
            return _lines(design, profile, layer, box_um2, fields)
        case "ebeam":
            drawn, masks = _drawn(design, profile, layer)
            return beam_time(profile, drawn_um2=drawn, fields=fields * masks)
        case "ideal":
            return WriteTime(0.0, 0.0, 0.0, ("profile.kind",))
        case _:
            exposures = profile.dose.exposures if profile.dose is not None else None
            once = 1 if exposures is None else int(exposures.value)
            count = once if profile.mask is None else _drawn(design, profile, layer)[1]
            return raster_time(profile, area_um2=box_um2, exposures=count)


def _lines(design: Design, profile: Profile, layer: int, box_um2: float, fields: int) -> WriteTime:
    hatch, slices = profile.axial.hatch_um, profile.axial.slice_um
    per_pixel = np.ones(design.height_of_level_um.shape[1])
    missing = [] if hatch else ["axial.hatch_um"]
    if profile.kind == "2pp":
        missing += [] if slices else ["axial.slice_um"]
        tall_um = base_um(design, profile, layer) + design.height_of_level_um[layer]
        per_pixel = np.round(tall_um / slices.value) if slices else 0 * tall_um
    share = np.bincount(design.levels[layer].ravel(), minlength=len(per_pixel)) / design.levels[layer].size
    line_um = float(share @ per_pixel) * box_um2 / hatch.value if hatch else 0.0
    time = write_time(profile, line_um=line_um, fields=fields)
    return WriteTime(time.scan_s, time.move_s, time.setup_s, (*missing, *time.unknown))


def base_um(design: Design, profile: Profile, layer: int) -> float:
    """Thickness of the base under a layer: the design's slab, else the profile's, else 0."""
    spaces = design.physical.spaces
    if spaces:
        return sum(slab.thickness_um for slab in spaces[layer] if slab.what == "base")
    return profile.base_um.value if profile.base_um is not None else 0.0


def _drawn(design: Design, profile: Profile, layer: int) -> tuple[float, int]:
    """Area drawn in all masks together, um², and the number of masks; none where the coding fits not."""
    try:
        counts = [np.count_nonzero(pixels) for _, pixels in planes_of(design, profile, layer)]
    except ConfigError:
        return 0.0, 0
    return float(sum(counts)) * design.physical.pitch_um**2, len(counts)
