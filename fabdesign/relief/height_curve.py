"""A measured curve from written to printed height, and its inverse."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError, FileFormatError

Floats = NDArray[np.float64]

MOST_BYTES = 1 << 20
_ROUND_UM = 1e-9


@dataclass(frozen=True, eq=False)
class HeightCurve:
    """Printed heights of written ones, straight between the points measured.

    Attributes:
        written: [m] heights as written, µm, rising.
        printed: [m] heights as measured on the print, µm, rising.
        sigma_um: standard deviation of a printed height, or None where the file has none.
        source: name of the file.
    """

    written: Floats
    printed: Floats
    sigma_um: float | None
    source: str

    def printed_um(self, written_um: Floats) -> Floats:
        """Printed heights, µm; beyond the last point the curve goes on straight."""
        return _along(written_um, self.written, self.printed)

    def written_um(self, printed_um: Floats) -> Floats:
        """Heights to write for some to come out, µm.

        Raises:
            ConfigError: a height is beyond what was measured.
        """
        low, high = float(self.printed[0]), float(self.printed[-1])
        if (printed_um < low - _ROUND_UM).any() or (printed_um > high + _ROUND_UM).any():
            raise ConfigError(
                f"The height curve {self.source} was measured from {low:g} to {high:g} um; the relief needs "
                f"{float(printed_um.min()):g} to {float(printed_um.max()):g} um.",
                hint="Measure taller steps, or train for a lower relief.",
            )
        return np.asarray(np.interp(printed_um, self.printed, self.written))


def read_height_curve(path: str | Path) -> HeightCurve:
    """Read a height curve: a CSV of written height, printed height and if known its sigma, in µm.

    At most one line of titles; lines that begin with # are skipped. Height 0 is height 0 unless a line says
    otherwise. The sigma of the curve is the largest in the third column.

    Raises:
        FileFormatError: the file cannot be read, or its heights do not rise together.
    """
    rows = _rows(Path(path))
    written, printed = rows[:, 0], rows[:, 1]
    if written[0] > 0 and printed[0] > 0:
        written, printed = np.append(0.0, written), np.append(0.0, printed)
    if len(written) < 2 or (np.diff(written) <= 0).any() or (np.diff(printed) <= 0).any():
        raise FileFormatError(
            f"{path} must give heights that rise together from line to line: written, printed, in um."
        )
    sigma = rows[:, 2] if rows.shape[1] == 3 else None
    if sigma is not None and (sigma < 0).any():
        raise FileFormatError(f"{path} must give standard deviations of at least 0 in its third column.")
    return HeightCurve(written, printed, None if sigma is None else float(sigma.max()), Path(path).name)


def _rows(path: Path) -> Floats:
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES} bytes")
        lines = csv.reader(data.decode("utf-8-sig").splitlines())
        rows = [row for row in lines if row and not row[0].lstrip().startswith("#")]
        numbers = np.array(rows[1:] if rows and not _is_number(rows[0][0]) else rows, dtype=np.float64)
    except (OSError, ValueError, csv.Error) as error:
        raise FileFormatError(
            f"{path} must hold a written and a printed height in um on each line; {error}."
        ) from error
    if numbers.ndim != 2 or numbers.shape[1] not in (2, 3) or not np.isfinite(numbers).all():
        raise FileFormatError(
            f"{path} must hold two columns of heights in um, and at most one of their sigma."
        )
    return numbers


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _along(at: Floats, x: Floats, y: Floats) -> Floats:
    inside = np.interp(at, x, y)
    beyond = np.maximum(at - x[-1], 0.0) * (y[-1] - y[-2]) / (x[-1] - x[-2])
    return np.asarray(inside + beyond)
