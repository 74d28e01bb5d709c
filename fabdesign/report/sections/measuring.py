"""What to set before making the device, and what to measure on it afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign.export.grey.sigma import height_sigma_nm, sigma_source
from fabdesign.export.slices import slice_report
from fabdesign.process import Profile
from fabdesign.relief import make_relief
from fabdesign.report.blocks import Block, Cell, Facts, Section, Table, Text, number, text
from fabdesign.report.sections.making import machine_name
from fabdesign.report.subject import Subject

_MOST_LEVELS = 16
_TO_FILL = "________"


def measuring(subject: Subject, profile: Profile) -> Section:
    """Settings of the machine, sizes and heights with one standard deviation, and room for what is found."""
    blocks: list[Block] = [Facts([*_settings(subject, profile), *_sizes(subject, profile)])]
    blocks.append(_heights(subject, profile))
    source = sigma_source(profile).removeprefix("1 sigma: ")
    blocks.append(Text(f"Standard deviations of height add up {source}." if source else _UNKNOWN))
    lead = (
        "Heights count from height 0 of the same layer, not from the substrate. The last columns are left "
        "blank for the print. The phase is what one standard deviation of height costs."
    )
    return Section("measuring", "Set and measure", blocks, lead)


_UNKNOWN = "The process tells no standard deviation of height; agree on one before measuring."


def _settings(subject: Subject, profile: Profile) -> Iterator[tuple[str, Cell]]:
    if machine := machine_name(profile):
        yield "machine", text(machine)
    for sentence in _slicing(subject, profile):
        yield "slicer", text(sentence)
    for key, one in profile.write.numbers("write").items():
        yield key, text(f"{one.value:g} ({one.source})", "doubtful" if one.mark == "assumed" else "")
    yield (
        "which way up",
        text("light enters through the base and leaves from the relief; the F must read right"),
    )


def _slicing(subject: Subject, profile: Profile) -> list[str]:
    if profile.kind != "2pp" or profile.axial.slice_um is None:
        return []
    try:
        relief = make_relief(subject.design, profile)
        report = slice_report(relief, profile, subject.design.physical, allow_lost_levels=True)
    except ConfigError as refused:
        return [refused.message]
    return [] if report is None else list(report["operator"])


def _sizes(subject: Subject, profile: Profile) -> Iterator[tuple[str, Cell]]:
    ny, nx = subject.design.pixels
    pitch_um = subject.design.physical.pitch_um
    shrink = profile.material.shrink_xy.sigma
    spread = "" if shrink is None else f" ± {100 * shrink.value:.3g} % ({shrink.mark})"
    yield "width and depth", text(f"{nx * pitch_um:g} × {ny * pitch_um:g} µm{spread}, pixels {pitch_um:g} µm")
    bases = [
        slab.thickness_um for slabs in subject.design.physical.spaces for slab in slabs if slab.what == "base"
    ]
    if bases:
        words = ", ".join(f"{thickness_um:g} µm" for thickness_um in dict.fromkeys(bases))
        yield "base under the relief", text(words)


def _heights(subject: Subject, profile: Profile) -> Table:
    rows = []
    tables = subject.design.height_of_level_um
    for layer, levels in _groups(subject):
        for level in levels:
            height_um = float(tables[layer, level])
            sigma_nm = height_sigma_nm(height_um, profile)
            phase = None if sigma_nm is None else float(subject.design.phase_rad(np.array(sigma_nm * 1e-3)))
            name = "all" if _same(subject) else str(layer)
            rows.append(
                [
                    Cell(name, float(layer)),
                    Cell(str(level), float(level)),
                    number(1000 * height_um, ".6g"),
                    number(sigma_nm, ".3g", missing="not known"),
                    number(phase, ".3f"),
                    text(_TO_FILL),
                    text(_TO_FILL),
                ]
            )
    head = ("layer", "level", "height (nm)", "± 1 σ (nm)", "1 σ as phase (rad)", "measured", "date, name")
    return Table("Heights to measure", head, rows)


def _same(subject: Subject) -> bool:
    tables = subject.design.height_of_level_um
    return bool((tables == tables[0]).all())


def _groups(subject: Subject) -> Iterator[tuple[int, list[int]]]:
    """Layers with the levels that are used and not at height 0; one layer where all have the same heights."""
    levels = subject.design.levels
    chosen = [levels] if _same(subject) else [levels[layer] for layer in range(len(levels))]
    for layer, one in enumerate(chosen):
        used = [k for k in np.unique(one).tolist() if subject.design.height_of_level_um[layer, k] > 0]
        if len(used) > _MOST_LEVELS:
            used = [used[round(part * (len(used) - 1) / (_MOST_LEVELS - 1))] for part in range(_MOST_LEVELS)]
        yield layer, used
