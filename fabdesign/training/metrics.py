"""metrics.csv: one row per step, cut back to the checkpoint when a run goes on."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.formats.atomic import write_text_atomic
from fabdesign.training.events import Stepped

NAME = "metrics.csv"


class MetricsFile:
    """Appends a row per step; rows wait in memory until :meth:`flush`.

    Args:
        path: the file; rows after ``step`` in an existing one are dropped.
        step: steps that the checkpoint has.

    Raises:
        FileFormatError: the file cannot be written.
    """

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        self._waiting: list[dict[str, str]] = []
        self._columns: list[str] = []
        if path.exists():
            kept = [row for row in _rows(path) if int(row["step"]) <= step]
            self._columns = list(kept[0]) if kept else []
            write_text_atomic(path, _text(kept, self._columns, header=True) if kept else "")

    def add(self, event: Stepped) -> None:
        """Remember the row of a step."""
        row = {
            "step": str(event.step),
            "epoch": str(event.epoch),
            "loss": f"{event.loss:.9g}",
            "learning_rate": f"{event.learning_rate:.9g}",
            **{name: f"{value:.9g}" for name, value in {**event.scores, **event.watched}.items()},
        }
        self._waiting.append(row)

    def flush(self) -> None:
        """Write what waits.

        Raises:
            FileFormatError: the file cannot be written.
        """
        if not self._waiting:
            return
        first = not self._columns
        self._columns = self._columns or list(self._waiting[0])
        try:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                file.write(_text(self._waiting, self._columns, header=first))
        except OSError as error:
            raise FileFormatError(f"{self.path} cannot be written: {error.strerror}.") from error
        self._waiting.clear()


def read_metrics(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read the columns of a metrics file; empty if it has no rows."""
    rows = _rows(path)
    names = list(rows[0]) if rows else []
    return {name: np.array([float(row[name]) for row in rows]) for name in names}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if None not in row.values()]


def _text(rows: list[dict[str, str]], columns: list[str], *, header: bool) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
