"""``fabdesign check``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.bundling import opened_package, with_new_names
from fabdesign_cli.console import emit_json, say
from fabdesign_cli.designs import EXPORTS_DIR, open_design, profile_of
from fabdesign_cli.findings import read_back, show_check
from fabdesign_cli.options import FILE, data_option, json_option, runs_option

if TYPE_CHECKING:
    from fabdesign.check import CheckResult


@click.command()
@click.argument("files", metavar="[FILE… | DESIGN]", type=FILE, nargs=-1)
@click.option("--design", "named", type=FILE, help="The design that the files were made from.")
@click.option("--process", help="Process profile to hold the design against.  [default: the design's]")
@click.option("--geometry", is_flag=True, help="Check the geometry only; simulate nothing.")
@data_option
@runs_option
@json_option
def command(
    *,
    files: tuple[Path, ...],
    named: Path | None,
    process: str | None,
    geometry: bool,
    data: Path | None,
    runs_dir: Path,
    as_json: bool,
) -> int:
    """Read exported files back, compare them with their design and re-simulate what they hold.

    FILE may be of any format that export writes, several at once; tables and records beside them may be named
    too. The design is looked for beside the files and in the run folders, by the hash that each file carries.
    With a DESIGN alone, it is held against its process. Of a hand-off package, its ZIP or the folder it was
    unpacked into, the files that can be read back are. Without any argument, the exports of the latest run
    are checked. The answer is 1 if something is wrong.
    """
    from fabdesign.export.bundle import with_names

    if not files:
        files, named = _latest(runs_dir)
    names: dict[str, str] = {}
    if len(files) == 1 and _is_package(files[0]):
        with opened_package(files[0]) as package:
            result = _check_files(
                package.files, package.design, process, runs_dir, data, resimulate=not geometry
            )
            result, names = with_new_names(result, package.names), package.names
    elif len(files) == 1 and _is_design(files[0]):
        result = _check_design(files[0], process, runs_dir)
    else:
        result = _check_files(files, named, process, runs_dir, data, resimulate=not geometry)
    if as_json:
        emit_json(with_names(result.to_dict(), names))
    else:
        show_check(result)
    return ExitCode.DONE if result.ok else ExitCode.FINDINGS


def _latest(runs_dir: Path) -> tuple[tuple[Path, ...], Path]:
    from fabdesign.check.readers import can_read

    opened = open_design(None, runs_dir)
    folder = EXPORTS_DIR / opened.title
    exported = tuple(path for path in sorted(folder.rglob("*")) if can_read(path))
    if not exported:
        say(f"No exports in {folder}; checking the design alone.")
    return exported or (opened.path,), opened.path


def _is_package(path: Path) -> bool:
    from fabdesign.check import is_bundle

    return is_bundle(path)


def _is_design(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".safetensors"


def _check_design(path: Path, process: str | None, runs_dir: Path) -> CheckResult:
    from fabdesign.check import check_design

    opened = open_design(path, runs_dir)
    profile = profile_of(opened.design, process)
    if profile is None:
        raise click.UsageError("Name the process profile to hold the design against: --process FILE.")
    return replace(check_design(opened.design, profile), design_file=str(opened.path), design_found="named")


def _check_files(
    files: tuple[Path, ...],
    named: Path | None,
    process: str | None,
    runs_dir: Path,
    data: Path | None,
    *,
    resimulate: bool,
) -> CheckResult:
    from fabdesign.check.chain import find_origin
    from fabdesign.check.readers import open_files

    origin = find_origin(open_files(list(files)), named, runs_dir)
    profile = profile_of(origin.design, process)
    result = read_back(files, origin.path, runs_dir, resimulate=resimulate, data=data, profile=profile)
    return replace(result, design_found=origin.found)
