"""Writing a page, but never over a file that is something else."""

from __future__ import annotations

from pathlib import Path

from fabdesign.errors import ConfigError
from fabdesign.formats.atomic import write_bytes_atomic, writing
from fabdesign.formats.reading import reading
from fabdesign.formats.written import Written, hash_file
from fabdesign.report.make import Report
from fabdesign.report.page import GENERATOR

_HEAD_BYTES = 4096


def write_report(report: Report, path: Path) -> Written:
    """Write a page; an earlier report of the same name is replaced.

    Args:
        report: the page.
        path: the file; its folder is made.

    Raises:
        ConfigError: the file exists and is no report.
        FileFormatError: it cannot be written.
    """
    if path.exists() and not is_report(path):
        raise ConfigError(
            f"{path} exists and is no report of fabdesign; it is left as it is.",
            hint="Name another file with --output.",
        )
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(path, report.html.encode())
    return hash_file(path)


def is_report(path: Path) -> bool:
    """Whether a file is a page that `write_report` wrote."""
    if not path.is_file():
        return False
    with reading(path), path.open("rb") as stream:
        return f'<meta name="generator" content="{GENERATOR}">'.encode() in stream.read(_HEAD_BYTES)
