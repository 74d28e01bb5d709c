"""Reading designs of older formats: each step turns the record of one version into that of the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fabdesign.design.physical import FORMAT
from fabdesign.errors import FileFormatError

Record = dict[str, Any]

STEPS: Mapping[str, tuple[str, Callable[[Record], Record]]] = {}
"""From a version to the next one and the function that takes a record there."""

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\Z")


def migrate(record: Record, file: Path) -> Record:
    """Bring a record up to the present format.

    Raises:
        FileFormatError: the version is missing, unreadable, or newer than this release.
    """
    version = _version(record.get("format"), file)
    present = _version(FORMAT, file)
    if version > present:
        raise FileFormatError(
            f"{file} has format {record['format']}; this release reads up to {FORMAT}.",
            hint="Install a newer fabdesign to read it.",
        )
    while record["format"] != FORMAT:
        step = STEPS.get(record["format"])
        if step is None:
            raise FileFormatError(f"{file} has format {record['format']}, which no release has written.")
        record = {**step[1](record), "format": step[0]}
    return record


def _version(text: object, file: Path) -> tuple[int, int]:
    match = _VERSION.match(text) if isinstance(text, str) else None
    if match is None:
        raise FileFormatError(f"{file} names no format version; got {text!r}.")
    return int(match.group(1)), int(match.group(2))
