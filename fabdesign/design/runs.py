"""Run folders by number: made, listed and found again without knowing what trained in them."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.atomic import write_text_atomic, writing
from fabdesign.formats.container import read_container

DESIGN_NAME = "design.safetensors"
"""The name under which a run keeps its design."""

LATEST_NAME = "LATEST"
"""The text file that names the newest run folder."""

_NUMBERED = re.compile(r"(\d{4,})-.+")


def create_run(runs_dir: Path, name: str) -> Path:
    """Make the next numbered run folder, ``runs/0003-digits``; an existing one is never taken.

    Raises:
        FileFormatError: the folder cannot be written.
    """
    with writing(runs_dir):
        runs_dir.mkdir(parents=True, exist_ok=True)
    newest = max((_number(run) for run in list_runs(runs_dir)), default=0)
    for number in itertools.count(newest + 1):
        run = runs_dir / f"{number:04d}-{name}"
        with writing(run), contextlib.suppress(FileExistsError):
            run.mkdir()
            return run
    raise AssertionError("counting never ends")


def mark_latest(run: Path) -> None:
    """Name a run in ``LATEST`` beside it.

    Raises:
        FileFormatError: the file cannot be written.
    """
    write_text_atomic(run.parent / LATEST_NAME, run.name + "\n")


def list_runs(runs_dir: Path) -> list[Path]:
    """The numbered run folders, oldest first; none where there is no such folder."""
    if not runs_dir.is_dir():
        return []
    runs = (path for path in runs_dir.iterdir() if is_run(path) and path.is_dir())
    return sorted(runs, key=lambda path: (_number(path), path.name))


def is_run(folder: Path) -> bool:
    """Whether a folder is named like a run, ``0003-digits``."""
    return _NUMBERED.fullmatch(folder.absolute().name) is not None


def latest_run(runs_dir: Path) -> Path:
    """The folder that ``LATEST`` names.

    Raises:
        ConfigError: there is no run yet, or ``LATEST`` names a folder that is gone.
    """
    marker = runs_dir / LATEST_NAME
    if not marker.is_file():
        raise ConfigError(
            f"there must be a finished run in {runs_dir}; found none.",
            hint="Run `fabdesign train` first, or name a design file.",
        )
    run = runs_dir / marker.read_text(encoding="utf-8").strip()
    if not is_run(run) or run.parent != runs_dir or not run.is_dir():
        raise ConfigError(
            f"{marker} must name a run folder; it names {run.name}, which is not there.",
            hint="Name a design file, or write the name of another run into it.",
        )
    return run


def latest_design(runs_dir: Path) -> Path:
    """The design file of the latest run.

    Raises:
        ConfigError: there is no run yet, or it has not finished.
    """
    design = latest_run(runs_dir) / DESIGN_NAME
    if not design.is_file():
        raise ConfigError(
            f"the latest run must have finished; {design} is not there.",
            hint=f"`fabdesign train --resume {design.parent}` goes on with it.",
        )
    return design


def find_design(runs_dir: Path, hash_prefix: str) -> Path | None:
    """The design file in the run folders that declares a content hash that begins so; the newest one.

    Args:
        runs_dir: where the run folders lie.
        hash_prefix: at least 8 hex digits.

    Returns:
        The path, or None if no readable design matches; reading it with `load_design` proves the hash.
    """
    return find_among(_designs(runs_dir), hash_prefix)


def find_among(candidates: Iterator[Path], hash_prefix: str) -> Path | None:
    """The first file among candidates that declares a content hash that begins so."""
    if not re.fullmatch(r"[0-9a-f]{8,64}", hash_prefix):
        return None
    return next((path for path in candidates if _declared_hash(path).startswith(hash_prefix)), None)


def _designs(runs_dir: Path) -> Iterator[Path]:
    for run in reversed(list_runs(runs_dir)):
        yield from sorted(run.glob("*.safetensors"))


def _declared_hash(path: Path) -> str:
    try:
        return str(read_container(path)[1].get("content", ""))
    except FileFormatError:
        return ""


def _number(run: Path) -> int:
    match = _NUMBERED.fullmatch(run.name)
    return int(match.group(1)) if match else 0
