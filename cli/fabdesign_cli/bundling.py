"""Composing a hand-off package: exports of several formats, what a check finds in them, one ZIP."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign_cli.console import say

if TYPE_CHECKING:
    from fabdesign.check import CheckResult
    from fabdesign.export import ExportResult
    from fabdesign.formats.written import Written
    from fabdesign.process import Profile
    from fabdesign_cli.designs import OpenDesign

WriteFormat = Callable[[str, Path], "ExportResult"]
"""Writes one format into a folder."""
Check = Callable[[Sequence[Path]], "CheckResult"]
"""Reads files back."""


@dataclass(frozen=True)
class Bundled:
    """A package that was written, or was not because its files do not hold the design.

    Args:
        path: the package.
        written: its size and hash; None where it was not written.
        formats: the formats in it.
        checked: what was found in its files; None where none could be read back.
        not_checked: formats that were not read back.
    """

    path: Path
    written: Written | None
    formats: tuple[str, ...]
    checked: CheckResult | None
    not_checked: tuple[str, ...]


def formats_of(named: Sequence[str], profile: Profile | None) -> tuple[str, ...]:
    """The formats that were named, or the first that the process takes, which is said.

    Raises:
        UsageError: none was named, and no process says which.
    """
    from fabdesign.export.bundle import suggested_format

    if named:
        return tuple(dict.fromkeys(named))
    suggested = suggested_format(profile)
    if profile is None or suggested is None:
        raise click.UsageError(
            "Say which formats go into the package: --stl, --gds, --oasis, or --format NAME."
        )
    taken = ", ".join(profile.machine.accepts)
    say(f"No format was named; writing {suggested}, for the process {profile.name} takes {taken}.")
    return (suggested,)


def bundle(
    opened: OpenDesign,
    path: Path,
    formats: Sequence[str],
    *,
    stem: str,
    profile: Profile | None,
    options: Mapping[str, str],
    write: WriteFormat,
    check: Check,
    readable: Callable[[str], bool],
    overwrite: bool,
) -> Bundled:
    """Write a package, but only if what can be read back from its files is the design.

    Args:
        opened: the design.
        path: the package.
        formats: formats to write.
        stem: how file names begin.
        profile: the process, if known.
        options: options of the formats as the user gave them.
        write: writes one format into a folder.
        check: reads files back.
        readable: whether a format can be read back.
        overwrite: replace a package of the same name.
    """
    from fabdesign.export.bundle import Exported, Package, write_bundle
    from fabdesign.export.export import making_folder, refuse_existing

    if not overwrite:
        refuse_existing((path,))
    with tempfile.TemporaryDirectory(prefix="fabdesign-bundle-") as scratch:
        exported = []
        for name in formats:
            folder = Path(scratch, name)
            exported.append(Exported(folder, write(name, folder), options))
        files = [file for each in exported if readable(each.format) for file in each.result.paths]
        checked = check(files) if files else None
        unread = tuple(each.format for each in exported if not readable(each.format))
        found = None if checked is None else checked.to_dict()
        package = Package(stem, opened.design, opened.path, profile, tuple(exported), found, unread)
        if checked is not None and not checked.ok:
            return Bundled(path, None, tuple(formats), checked, unread)
        with making_folder(path.parent):
            written = write_bundle(path, package, overwrite=overwrite)
    return Bundled(path, written, tuple(formats), checked, unread)
