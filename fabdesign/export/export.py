"""Writing a design in a format."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.export.compensated import (
    compensation_record,
    compensation_report,
    compensation_tag,
    record_path,
    require_compensable,
    write_record,
)
from fabdesign.export.registry import ExportResult, find_exporter
from fabdesign.export.slices import SLICED_FORMATS, slice_report
from fabdesign.export.solids import exporter_for
from fabdesign.formats.atomic import writing
from fabdesign.relief import Relief, make_relief
from fabdesign.relief.compensation import Compensation, compensate

if TYPE_CHECKING:
    from fabdesign.process import Profile

_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


def export_design(
    design: Design,
    out_dir: str | os.PathLike[str],
    format: str,
    *,
    stem: str = "design",
    profile: Profile | None = None,
    base_um: float | None = None,
    options: Mapping[str, object] | None = None,
    overwrite: bool = False,
    allow_lost_levels: bool = False,
    compensation: Compensation | None = None,
) -> ExportResult:
    """Write every layer of a design to files of one format; all files or none.

    Args:
        design: the design.
        out_dir: folder for the files; made if it does not exist.
        format: name of the format, as in `exporters`.
        stem: how file names begin.
        profile: the process that will print it.
        base_um: thickness of the base plate in µm; None takes the design's own.
        options: the format's options by name.
        overwrite: replace files of the same names.
        allow_lost_levels: write solids though their slicing loses levels.
        compensation: what the print changes, to be made good beforehand and told in a file beside.

    Returns:
        the paths and the report.

    Raises:
        ConfigError: unknown format or option, a file exists, or the relief cannot be written exactly enough.
        FileFormatError: the folder or a file cannot be written.
    """
    exporter = find_exporter(format)
    known = {"profile": profile, "physical": design.physical}
    chosen = {name: known[name] for name in exporter.context if known[name] is not None} | dict(options or {})
    exporter.check_options(chosen)
    exporter = exporter_for(exporter, chosen)
    check_stem(stem)
    designed = make_relief(design, profile, base_um, name=stem)
    relief = designed if compensation is None else compensate(designed, compensation)
    require_compensable(relief, exporter.name)
    kind = str(chosen.get("assembly", "layers"))
    folder = Path(out_dir)
    paths = exporter.paths(relief, folder)
    if not overwrite:
        refuse_existing(paths)
    slices = None
    if profile is not None and exporter.name in SLICED_FORMATS:
        slices = slice_report(relief, profile, design.physical, allow_lost_levels=allow_lost_levels)
    with making_folder(folder):
        report = exporter.write(relief, paths, chosen)
        record = _record(relief, designed, design, paths, record_path(folder, stem, exporter.name, kind))
    shared = {"design": relief.content_hash, "base_um": relief.base_um, "pitch_um": relief.pitch_um}
    extra = {"slices": slices} if slices else {}
    extra["compensation"] = compensation_report(relief, record, profile)
    return ExportResult(paths, {**report, **shared, **extra})


def _record(
    relief: Relief, designed: Relief, design: Design, paths: tuple[Path, ...], path: Path
) -> dict[str, Any] | None:
    """Write the record of a compensation; take away one that these files no longer have."""
    if relief.compensation is None:
        with writing(path):
            path.unlink(missing_ok=True)
        return None
    record = compensation_record(relief, designed, design.physical)
    write_record(path, record, paths, compensation_tag(relief))
    return {**record, "file": path.name}


@contextlib.contextmanager
def making_folder(folder: Path) -> Iterator[None]:
    """Make the folder, and take it away again if nothing came to lie in it."""
    made = not folder.exists()
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def check_stem(stem: str) -> None:
    """Refuse a beginning of file names that a file system or a machine may not take.

    Raises:
        ConfigError: naming it.
    """
    if not _STEM.match(stem):
        raise ConfigError(
            f"File names must begin with a letter or digit and hold only letters, digits, '.', '_' and '-'; "
            f"got {stem!r}.",
            hint="Rename the design's file: exported files are called after it.",
        )


def refuse_existing(paths: tuple[Path, ...]) -> None:
    """Refuse to write over files that are there.

    Raises:
        ConfigError: one of them exists.
    """
    existing = [path for path in paths if path.exists()]
    if existing:
        raise ConfigError(
            f"{existing[0]} exists already, and is not overwritten.",
            hint="Choose another folder, or replace them: --overwrite.",
        )
