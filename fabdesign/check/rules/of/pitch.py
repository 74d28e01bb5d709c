"""Pixels against what the machine resolves in the plane."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.design import Design
from fabdesign.process import Marked, Profile

VOXELS_PER_PIXEL = 1.5
_WHOLE = 1e-6


def check_pitch(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where a pixel is smaller than the machine can make."""
    lateral, pitch_um = profile.lateral, design.physical.pitch_um
    limits: list[tuple[str, Marked | None, str]] = [
        ("lateral.pixel_min_um", lateral.pixel_min_um, "the smallest pixel that can be made"),
        ("lateral.voxel_fwhm_um", lateral.voxel_fwhm_um, "the writing spot"),
    ]
    for key, limit, what in limits:
        if limit is not None and pitch_um < limit.value * (1 - _WHOLE):
            yield error(
                "print.pitch",
                f"Pixels of {pitch_um:.4g} um are smaller than {what}, {limit.value:.4g} um.",
                value=pitch_um,
                limit=limit.value,
                unit="um",
                limit_source=source_of(profile, key, limit),
                hint="Use a larger pitch, or a process that resolves more.",
            )
            return


def check_voxel(design: Design, profile: Profile) -> Iterator[Finding]:
    """A warning where a pixel is hardly wider than the writing spot."""
    voxel, pitch_um = profile.lateral.voxel_fwhm_um, design.physical.pitch_um
    if voxel is not None and voxel.value <= pitch_um < VOXELS_PER_PIXEL * voxel.value:
        yield warning(
            "print.voxel",
            f"Pixels are {pitch_um / voxel.value:.2f} writing spots wide; below {VOXELS_PER_PIXEL} their "
            "heights run into each other.",
            value=pitch_um / voxel.value,
            limit=VOXELS_PER_PIXEL,
            unit="voxels",
            limit_source=source_of(profile, "lateral.voxel_fwhm_um", voxel),
            hint="Use a larger pitch.",
        )


def check_hatch(design: Design, profile: Profile) -> Iterator[Finding]:
    """A warning where pixels are no whole number of hatch lines wide."""
    hatch, pitch_um = profile.axial.hatch_um, design.physical.pitch_um
    if hatch is None:
        return
    lines = pitch_um / hatch.value
    if abs(lines - round(lines)) > _WHOLE * lines or round(lines) == 0:
        yield warning(
            "print.hatch",
            f"Pixels are {lines:.4g} hatch lines wide; edges fall between lines of {hatch.value:.4g} um.",
            value=lines,
            limit=float(max(round(lines), 1)),
            unit="lines",
            limit_source=source_of(profile, "axial.hatch_um", hatch),
            hint="Choose a pitch that is a multiple of the hatch distance.",
        )


def check_grid(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where pixel borders fall between points of the manufacturing grid."""
    grid, pitch_um = profile.lateral.grid_nm, design.physical.pitch_um
    if grid is None:
        return
    steps = pitch_um * 1e3 / grid.value
    if abs(steps - round(steps)) > _WHOLE * steps:
        yield error(
            "print.grid",
            f"The pitch of {pitch_um * 1e3:.6g} nm is no multiple of the {grid.value:.4g} nm grid.",
            value=pitch_um * 1e3,
            limit=grid.value,
            unit="nm",
            limit_source=source_of(profile, "lateral.grid_nm", grid),
            hint="Choose a pitch on the grid; rounded borders would drift across the layer.",
        )


RULES = (
    Rule(
        "print.pitch",
        "pixel against the smallest feature",
        check_pitch,
        "lateral.pixel_min_um, lateral.voxel_fwhm_um",
    ),
    Rule("print.voxel", "pixel against the writing spot", check_voxel, "lateral.voxel_fwhm_um"),
    Rule("print.hatch", "pixel against the hatch distance", check_hatch, "axial.hatch_um"),
    Rule("print.grid", "pixel against the manufacturing grid", check_grid, "lateral.grid_nm"),
)
