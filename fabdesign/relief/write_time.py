"""How long a sliced print takes to write: the lines at their speed, the stage between fields, the set-up."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fabdesign.process import Profile


@dataclass(frozen=True)
class WriteTime:
    """An estimate of the write time, without acceleration, turns and settling.

    Attributes:
        scan_s: writing, length of the lines / speed.
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
    write = profile.write
    known = {"write.speed_mm_s": write.speed_mm_s, "write.t_setup_s": write.t_setup_s}
    if fields > 1:
        known["write.t_move_s"] = write.t_move_s
    return WriteTime(
        scan_s=line_um * 1e-3 / write.speed_mm_s.value if write.speed_mm_s else 0.0,
        move_s=(fields - 1) * write.t_move_s.value if write.t_move_s else 0.0,
        setup_s=write.t_setup_s.value if write.t_setup_s else 0.0,
        unknown=tuple(name for name, number in known.items() if number is None),
    )
