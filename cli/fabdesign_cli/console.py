"""Where output goes: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click


class ReaderGone(Exception):  # noqa: N818  (nobody's fault)
    """Nobody reads our stdout any more; click would turn a BrokenPipeError into exit code 1 on its own."""


def say(text: str) -> None:
    """Tell the user something that is no result."""
    click.echo(text, err=True)


def emit(text: str) -> None:
    """Print a result.

    Raises:
        ReaderGone: the reader of stdout went away.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        raise ReaderGone from None


def emit_json(record: Mapping[str, Any]) -> None:
    """Print a result as one JSON object."""
    emit(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False, default=_plain))


def result_table(rows: Sequence[Sequence[object]], *, head: Sequence[str] = ()) -> None:
    """Print a table of text columns, aligned; the same on a terminal and in a pipe.

    Args:
        rows: cells, each turned into text.
        head: names of the columns; none for a list of names and values.
    """
    lines = [[str(cell) for cell in row] for row in ([head, *rows] if head else rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        emit(click.style(text, bold=True) if head and number == 0 else text)


def installed_version(package: str) -> str:
    """The version of an installed package, or that it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def on_terminal() -> bool:
    """Whether a person is watching stderr."""
    return sys.stderr.isatty()


def _plain(value: object) -> object:
    """What json does not know: numpy numbers and arrays, paths, records."""
    for name in ("to_json", "to_dict", "tolist"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    return str(value)
