"""How long a job takes to write: lines at their speed, area at its rate or dose, stage moves, and set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fabdesign.process import Marked, Profile


@dataclass(frozen=True)
class WriteTime:
    """An estimate of the write time, without acceleration, turns and settling.

    Attributes:
        scan_s: writing itself.
        move_s: moving the stage between fields.
        setup_s: once for a job.
        unknown: numbers of the profile that are absent and counted as 0.
    """

    scan_s: float
    move_s: float
    setup_s: float
    unknown: tuple[str, ...]

    @property
    def total_s(self) -> float:
        """All together."""
        return self.scan_s + self.move_s + self.setup_s

    def to_dict(self) -> dict[str, Any]:
        """The estimate as plain JSON values."""
        return {**asdict(self), "unknown": list(self.unknown), "total_s": self.total_s}


def write_time(profile: Profile, *, line_um: float, fields: int) -> WriteTime:
    """Estimate the write time of lines; length = Σ area of the slices / hatch distance.

    Args:
        profile: the process, for speed and times.
        line_um: length of all lines.
        fields: how many writing fields there are.

    >>> from fabdesign.process import load_profile
    >>> write_time(load_profile("2pp-63x-ip-dip"), line_um=50_000, fields=1).scan_s
    5.0
    """
    speed = profile.write.speed_mm_s
    scan_s = line_um * 1e-3 / speed.value if speed else 0.0
    return _with_stage(profile, scan_s, {"write.speed_mm_s": speed}, fields)


def raster_time(profile: Profile, *, area_um2: float, exposures: int) -> WriteTime:
    """Estimate the write time of a scanning writer, which covers the whole area: exposures · area / rate.

    Args:
        profile: the process, for the rate.
        area_um2: of the optic, drawn or not.
        exposures: how often it is covered: one for each mask, or for each of the doses that add up.
    """
    rate = profile.write.rate_mm2_min
    scan_s = exposures * area_um2 * 1e-6 / rate.value * 60 if rate else 0.0
    return _with_stage(profile, scan_s, {"write.rate_mm2_min": rate}, 1)


def beam_time(profile: Profile, *, drawn_um2: float, fields: int) -> WriteTime:
    """Estimate the write time of an electron beam, which gives drawn area its charge: dose · area / current.

    Args:
        profile: the process, for dose and current.
        drawn_um2: area drawn in all masks together.
        fields: how many writing fields there are in all masks.
    """
    dose, current = profile.write.dose_uc_cm2, profile.write.current_na
    known = {"write.dose_uc_cm2": dose, "write.current_na": current}
    scan_s = dose.value * drawn_um2 * 1e-5 / current.value if dose and current else 0.0
    return _with_stage(profile, scan_s, known, fields)


def _with_stage(
    profile: Profile, scan_s: float, needed: Mapping[str, Marked | None], fields: int
) -> WriteTime:
    write = profile.write
    known = {**needed, "write.t_setup_s": write.t_setup_s}
    if fields > 1:
        known["write.t_move_s"] = write.t_move_s
    return WriteTime(
        scan_s=scan_s,
        move_s=(fields - 1) * write.t_move_s.value if write.t_move_s else 0.0,
        setup_s=write.t_setup_s.value if write.t_setup_s else 0.0,
        unknown=tuple(name for name, number in known.items() if number is None),
    )
