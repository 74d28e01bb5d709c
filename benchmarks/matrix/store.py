"""The measured cells, one record each, in a file that later runs go on from."""

from __future__ import annotations

import hashlib
import json
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fabdesign.config import Sweep
from fabdesign.formats.atomic import write_text_atomic
from fabdesign.quantise import parsed_options
from fabdesign.training.sweep import Cell

NOT_KEPT = ("design", "key")


@dataclass(frozen=True)
class Store:
    """Records by what decides them, so that a change of settings leaves its cells open again.

    The key of a cell is a hash of its project file, of the sweep's settings for its task and method, and of
    all options of the method, defaults included. Code is not in it: take the records of a method out of the
    file when its code has changed.

    Args:
        path: the JSON file.
        sweep: what is compared.
        folder: of the project files.
    """

    path: Path
    sweep: Sweep
    folder: Path

    def key(self, cell: Cell) -> str:
        """Return what decides a cell, as 16 hex digits."""
        task = next(task for task in self.sweep.task if task.label == cell.task)
        method = next(method for method in self.sweep.method if method.label == cell.method)
        project = tomllib.loads((self.folder / task.project).read_text(encoding="utf-8"))
        options = parsed_options(method.method, method.options)
        told = {
            "project": project,
            "task": task.settings,
            "method": [method.method, asdict(options), method.settings],
            "task and method": method.task_settings.get(task.label, {}),
            "levels": cell.levels,
            "seed": cell.seed,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def kept(self, cells: Sequence[Cell]) -> list[dict[str, Any]]:
        """Return the records of those cells that are measured already."""
        stored = {record["cell"]: record for record in self._read()}
        found = (stored.get(self.key(cell)) for cell in cells)
        return [record for record in found if record is not None]

    def open(self, cells: Sequence[Cell]) -> list[Cell]:
        """Return the cells that are not measured yet."""
        stored = {record["cell"] for record in self._read()}
        return [cell for cell in cells if self.key(cell) not in stored]

    def add(self, cell: Cell, result: dict[str, Any]) -> None:
        """Keep the result of a cell, in place of an older one of the same task, method, levels and seed."""
        if result["status"] != "done":
            return
        told = {name: value for name, value in result.items() if name not in NOT_KEPT}
        record = {"cell": self.key(cell), "date": time.strftime("%Y-%m-%d"), **told}
        others = [other for other in self._read() if _place(other) != _place(record)]
        records = sorted([*others, record], key=_place)
        write_text_atomic(self.path, json.dumps(records, indent=1, ensure_ascii=False) + "\n")

    def _read(self) -> list[dict[str, Any]]:
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.is_file() else []


def _place(record: dict[str, Any]) -> tuple[str, int, str, int]:
    return record["task"], record["levels"], record["method"], record["seed"]
