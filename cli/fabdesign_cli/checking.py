"""Finding out what was named, a design, exported files or a package, and checking it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign_cli.bundling import opened_package, with_new_names
from fabdesign_cli.console import say
from fabdesign_cli.designs import EXPORTS_DIR, OpenDesign, open_design, profile_of
from fabdesign_cli.findings import read_back

if TYPE_CHECKING:
    from fabdesign.check import CheckResult
    from fabdesign.process import Profile


@dataclass(frozen=True)
class Checked:
    """What was named, and what was found in it.

    Args:
        result: of the check, files called as the user knows them.
        opened: the design and its file.
        profile: the process that it was held against; None where it is not known.
        files: the exported files, where they lie now.
        package: the package that they lie in.
        names: what to replace in texts, so that files of a package are called as it calls them.
    """

    result: CheckResult
    opened: OpenDesign
    profile: Profile | None
    files: tuple[Path, ...] = ()
    package: Path | None = None
    names: dict[str, str] = field(default_factory=dict)


@contextmanager
def checked(
    files: tuple[Path, ...],
    named: Path | None,
    *,
    process: str | None,
    runs_dir: Path,
    data: Path | None,
    resimulate: bool,
    need_profile: bool = True,
) -> Iterator[Checked]:
    """Check a design, exported files or a package; files of a package vanish when the block ends.

    Args:
        files: what was named.
        named: the design that the files were made from, if named.
        process: name or file of a profile in place of the design's.
        runs_dir: where the run folders lie.
        data: test data in place of the design's.
        resimulate: whether to simulate what the files hold.
        need_profile: whether a design without a known process is refused.
    """
    if len(files) == 1 and is_package(files[0]):
        with opened_package(files[0]) as package:
            found = _check_files(
                package.files, package.design, process, runs_dir, data, resimulate=resimulate
            )
            result = with_new_names(found.result, package.names)
            yield replace(found, result=result, package=files[0], names=package.names)
    elif len(files) == 1 and is_design(files[0]):
        yield _check_design(files[0], process, runs_dir, need_profile=need_profile)
    else:
        yield _check_files(files, named, process, runs_dir, data, resimulate=resimulate)


def with_exports(run: Path | None, runs_dir: Path) -> tuple[tuple[Path, ...], Path]:
    """The exported files of a run and its design; the design alone where nothing was exported.

    Args:
        run: its folder; the latest where None.
        runs_dir: where the run folders lie.
    """
    from fabdesign.check.readers import can_read

    opened = open_design(run, runs_dir)
    folder = EXPORTS_DIR / opened.title
    exported = tuple(path for path in sorted(folder.rglob("*")) if can_read(path))
    if not exported:
        say(f"No exports in {folder}; checking the design alone.")
    return exported or (opened.path,), opened.path


def is_package(path: Path) -> bool:
    """Whether a path is a hand-off package, packed or unpacked."""
    from fabdesign.check import is_bundle

    return is_bundle(path)


def is_design(path: Path) -> bool:
    """Whether a path is a run folder or a design file, by its name."""
    return path.is_dir() or path.suffix == ".safetensors"


def _check_design(path: Path, process: str | None, runs_dir: Path, *, need_profile: bool) -> Checked:
    from fabdesign.check import CheckResult, check_design
    from fabdesign.check.optical_model import optical_model, optical_model_findings

    opened = open_design(path, runs_dir)
    profile = profile_of(opened.design, process)
    if profile is not None:
        result = check_design(opened.design, profile)
    elif need_profile:
        raise click.UsageError("Name the process profile to hold the design against: --process FILE.")
    else:
        model = optical_model(opened.design)
        result = CheckResult(
            opened.design.content_hash, findings=tuple(optical_model_findings(model)), model=model.to_dict()
        )
    return Checked(replace(result, design_file=str(opened.path), design_found="named"), opened, profile)


def _check_files(
    files: tuple[Path, ...],
    named: Path | None,
    process: str | None,
    runs_dir: Path,
    data: Path | None,
    *,
    resimulate: bool,
) -> Checked:
    from fabdesign.check.chain import find_origin
    from fabdesign.check.readers import open_files

    origin = find_origin(open_files(list(files)), named, runs_dir)
    profile = profile_of(origin.design, process)
    result = read_back(files, origin.path, runs_dir, resimulate=resimulate, data=data, profile=profile)
    path = files[0] if origin.path is None else origin.path
    return Checked(
        replace(result, design_found=origin.found), OpenDesign(origin.design, path), profile, tuple(files)
    )
