"""Exporting a compensated relief: which formats can, and the record that lets a reader undo it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.canonical_json import dumps
from fabdesign.process import Profile
from fabdesign.relief import Relief
from fabdesign.relief.compensation import Compensation
from fabdesign.relief.from_profile import unused_corrections
from fabdesign.relief.relief import PM_PER_UM

MOVING_FORMATS = ("stl", "3mf", "nano", "gds", "oasis")
"""Formats that hold walls off the borders of pixels."""

RECORD_FORMAT = "fabdesign compensation 1"


def require_compensable(relief: Relief, format_name: str) -> None:
    """Refuse walls moved in formats of whole pixels.

    Args:
        relief: as it would be written.
        format_name: the format.

    Raises:
        ConfigError: the format cannot hold it.
    """
    if format_name not in MOVING_FORMATS:
        relief.require_walls_in_place(f"The format {format_name}")


def compensation_record(relief: Relief, designed: Relief, physical: Physical) -> dict[str, Any]:
    """All that a reader needs to undo a compensation, and how sure it is; lengths in µm, phases in rad.

    Args:
        relief: as written.
        designed: the same relief before.
        physical: the design's record, for phases.

    Raises:
        ConfigError: the relief is not compensated.
    """
    applied = relief.compensation
    if applied is None:
        raise ConfigError("The relief is not compensated: there is nothing to record.")
    return {
        "format": RECORD_FORMAT,
        "design": relief.content_hash,
        "pitch_um": {"designed": designed.pitch_um, "written": relief.pitch_um},
        "base_um": {"designed": designed.base_um, "written": relief.base_um},
        "height_of_level_um": {
            "designed": (designed.height_of_level_pm / PM_PER_UM).tolist(),
            "written": (relief.height_of_level_pm / PM_PER_UM).tolist(),
        },
        "edge_shift_um": relief.edge_shift_pm / PM_PER_UM,
        "corrections": corrections(applied),
        "uncertainty": _uncertainty(applied, designed, physical),
    }


def corrections(applied: Compensation) -> dict[str, Any]:
    """The corrections that were applied, with their sources."""
    found: dict[str, Any] = {
        name: getattr(applied, name).to_dict()
        for name in ("shrink_xy", "shrink_z", "edge_bias_um")
        if getattr(applied, name).mean or getattr(applied, name).source
    }
    if applied.curve is not None:
        found["curve"] = {"file": applied.curve.source, "sigma_um": applied.curve.sigma_um}
    return found


def _uncertainty(applied: Compensation, designed: Relief, physical: Physical) -> dict[str, Any]:
    heights_um = designed.height_of_level_pm / PM_PER_UM
    sigma_um = applied.height_sigma_um(heights_um)
    half_um = max(designed.pixels) * designed.pitch_um / 2
    spread = (applied.shrink_xy.sigma or 0.0) / (1 - applied.shrink_xy.mean)
    return {
        "height_sigma_nm": (sigma_um * 1e3).round(6).tolist(),
        "phase_sigma_rad": (2 * np.pi * sigma_um / physical.full_turn_um).round(9).tolist(),
        "largest_height_sigma_nm": round(float(sigma_um.max()) * 1e3, 6),
        "largest_phase_sigma_rad": round(float(2 * np.pi * sigma_um.max() / physical.full_turn_um), 9),
        "place_sigma_at_the_edge_um": round(half_um * spread, 9),
        "edge_sigma_um": round((applied.edge_bias_um.sigma or 0.0) / 2, 9),
    }


def compensation_tag(relief: Relief) -> str:
    """Eight hex digits for the written lengths of a relief, by which a file names its record."""
    lengths = {
        "pitch_pm": relief.pitch_pm,
        "base_pm": relief.base_pm,
        "heights_pm": relief.height_of_level_pm.tolist(),
        "shift_pm": relief.edge_shift_pm,
    }
    return hashlib.sha256(dumps(lengths)).hexdigest()[:8]


def record_path(folder: Path, stem: str, format_name: str, assembly: str = "layers") -> Path:
    """Where the record of an export lies: one for each format, and for each way to put layers together.

    >>> record_path(Path("out"), "lens", "stl", "stack").as_posix()
    'out/lens-stack-stl-compensation.json'
    """
    kind = "" if assembly == "layers" else f"{assembly}-"
    return folder / f"{stem}-{kind}{format_name}-compensation.json"


def write_record(path: Path, record: dict[str, Any], files: Iterable[Path], tag: str) -> None:
    """Write the record beside the files that it is of."""
    full = {**record, "tag": tag, "files": [file.name for file in files]}
    with atomic_file(path, "w") as stream:
        stream.write(json.dumps(full, indent=2, allow_nan=False) + "\n")


def compensation_report(
    relief: Relief, record: dict[str, Any] | None, profile: Profile | None
) -> dict[str, Any]:
    """What a report says about compensation: what was applied, or why nothing was."""
    if record is None:
        return {"applied": {}, "notes": unused_corrections(profile)}
    notes = [
        f"{name} is {each['source']}: confirm it by a print of known size."
        for name, each in record["corrections"].items()
        if "assumed" in each.get("source", "")
    ]
    return {
        "applied": record["corrections"],
        "file": record["file"],
        "uncertainty": record["uncertainty"],
        "tag": compensation_tag(relief),
        "notes": notes,
    }
