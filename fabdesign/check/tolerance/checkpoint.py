"""Finished chunks on disk, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.atomic import write_bytes_atomic
from fabdesign.formats.canonical_json import dumps

FORMAT = "fabdesign monte carlo 1"
LARGEST_BYTES = 256_000_000


class Checkpoint:
    """The chunks of one run; saved in one step after each.

    Args:
        path: the file; nothing is saved where None.
        fingerprint: of the run.
        resume: begin with the chunks in the file, if there is one.

    Raises:
        ConfigError: the file belongs to another run.
        FileFormatError: the file cannot be read or written.
    """

    def __init__(self, path: Path | None, fingerprint: str, *, resume: bool = False) -> None:
        self.path = path
        self.fingerprint = fingerprint
        self.chunks: dict[int, list[dict[str, Any]]] = {}
        if path is not None and resume and path.exists():
            self.chunks = _chunks_in(path, fingerprint)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, chunk: int, records: list[dict[str, Any]]) -> None:
        """Take in a finished chunk and save all of them."""
        self.chunks[chunk] = records
        if self.path is not None:
            content = {
                "format": FORMAT,
                "fingerprint": self.fingerprint,
                "chunks": {str(number): self.chunks[number] for number in sorted(self.chunks)},
            }
            write_bytes_atomic(self.path, dumps(content))


def _chunks_in(path: Path, fingerprint: str) -> dict[int, list[dict[str, Any]]]:
    content = _content(path)
    if content["fingerprint"] != fingerprint:
        raise ConfigError(
            f"{path} belongs to a run with another design, seed, process or other settings.",
            hint="Repeat the command that wrote it with --resume, or leave --resume out to start anew.",
        )
    try:
        chunks = {int(number): records for number, records in content["chunks"].items()}
        good = all(_is_record(record) for records in chunks.values() for record in records)
    except (AttributeError, TypeError, ValueError):
        good = False
    if not good:
        raise _damaged(path)
    return chunks


def _content(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _damaged(path)
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or "fingerprint" not in content:
        raise _damaged(path)
    return content if isinstance(content.get("chunks"), dict) else _refuse(path)


def _is_record(record: object) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("sample"), int):
        return False
    scores = [record.get("scores"), record.get("compensated", {})]
    return all(
        isinstance(score, dict)
        and all(isinstance(value, int | float) and math.isfinite(value) for value in score.values())
        for score in scores
    )


def _refuse(path: Path) -> dict[str, Any]:
    raise _damaged(path)


def _damaged(path: Path) -> FileFormatError:
    return FileFormatError(
        f"{path} is no Monte Carlo checkpoint, or is damaged.", hint="Leave --resume out to start anew."
    )
