"""Hand-off packages: composed of exports and of what a check finds in them; and opened again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.findings import show_check
from fabdesign_cli.format_options import options_of

if TYPE_CHECKING:
    from fabdesign.check import CheckResult
    from fabdesign.config.overrides import Override
    from fabdesign.export import ExportResult
    from fabdesign.formats.written import Written
    from fabdesign.process import Profile
    from fabdesign_cli.designs import OpenDesign

BUNDLE_HELP = (
    "One ZIP for a facility: the formats named, tables, run sheet, pictures and checks.  "
    "[default format: the first that the process takes]"
)


@dataclass(frozen=True)
class Bundled:
    """A package that was written, or was not because its files do not hold the design.

    Args:
        path: the package.
        design: file of the design.
        written: its size and hash; None where it was not written.
        formats: the formats in it.
        checked: what was found in its files; None where none could be read back.
        not_checked: formats that were not read back.
        names: what to replace in texts, so that files are called as the package calls them.
    """

    path: Path
    design: Path
    written: Written | None
    formats: tuple[str, ...]
    checked: CheckResult | None
    not_checked: tuple[str, ...]
    names: dict[str, str]

    def show(self, *, as_json: bool) -> None:
        """Print what was written and what was found."""
        from fabdesign.export.bundle import with_names

        size = self.written._asdict() if self.written else {"bytes": None, "sha256": None}
        if as_json:
            found = None if self.checked is None else with_names(self.checked.to_dict(), self.names)
            record = {"design": str(self.design), "bundle": str(self.path) if self.written else None, **size}
            emit_json({**record, "formats": self.formats, "not_read_back": self.not_checked, "check": found})
            return
        if self.written:
            result_table([("package", self.path), *((key, f"{value}") for key, value in size.items())])
        if self.checked is not None:
            show_check(with_new_names(self.checked, self.names))
        if self.not_checked:
            say(f"Not read back, so not proved from their bytes: {', '.join(self.not_checked)}.")
        if self.written is None:
            say(f"{self.path} was not written: its files do not hold the design.")


def formats_of(named: Sequence[str], profile: Profile | None) -> tuple[str, ...]:
    """The formats that were named, or the first that the process takes, which is said.

    Raises:
        UsageError: none was named, and no process says which.
    """
    from fabdesign.export.bundle import suggested_format

    if named:
        return tuple(named)
    suggested = suggested_format(profile)
    if profile is None or suggested is None:
        raise click.UsageError(
            "Say which formats go into the package: --stl, --3mf, --gds, --oasis, or --format NAME."
        )
    taken = ", ".join(profile.machine.accepts)
    say(f"No format was named: writing {suggested}; the process {profile.name} takes {taken}.")
    return (suggested,)


def write_bundled(
    opened: OpenDesign,
    folder: Path,
    formats: Sequence[str],
    *,
    stem: str,
    profile: Profile | None,
    options: Sequence[Override],
    write: Callable[[str, Path], ExportResult],
    check: Callable[[Sequence[Path]], CheckResult],
    readable: Collection[str],
    overwrite: bool,
) -> Bundled:
    """Write a package, but only if what can be read back from its files is the design.

    Args:
        opened: the design.
        folder: where the package goes; made if it does not exist.
        formats: formats to write.
        stem: how file names begin.
        profile: the process, if known.
        options: options of the formats as the user gave them.
        write: writes one format into a folder.
        check: reads files back.
        readable: formats that can be read back.
        overwrite: replace a package of the same name.
    """
    from fabdesign.export.bundle import Exported, Package, package_name, write_bundle
    from fabdesign.export.export import making_folder, refuse_existing

    path = folder / package_name(stem)
    if not overwrite:
        refuse_existing((path,))
    with tempfile.TemporaryDirectory(prefix="fabdesign-bundle-") as scratch:
        exported = []
        for name in formats:
            told = {key: str(value) for key, value in options_of(name, options, formats).items()}
            exported.append(Exported(Path(scratch, name), write(name, Path(scratch, name)), told))
        files = [file for each in exported if each.format in readable for file in each.result.paths]
        unread = tuple(each.format for each in exported if each.format not in readable)
        checked = check(files) if files else None
        found = None if checked is None else checked.to_dict()
        package = Package(stem, opened.design, opened.path, profile, tuple(exported), found, unread)
        written = None
        if checked is None or checked.ok:
            with making_folder(folder):
                written = write_bundle(path, package, overwrite=overwrite)
        return Bundled(path, opened.path, written, tuple(formats), checked, unread, package.names())


@dataclass(frozen=True)
class OpenPackage:
    """A package unpacked for a check: its geometry, its design, and the names to call files by."""

    files: tuple[Path, ...]
    design: Path
    names: dict[str, str]


@contextmanager
def opened_package(path: Path) -> Iterator[OpenPackage]:
    """Unpack a package, whose files vanish when the block ends."""
    from fabdesign.check import open_bundle, open_geometry
    from fabdesign.export.bundle.content import DESIGN

    with open_bundle(path) as bundle:
        names = {place: f"{path}: {name}" for place, name in bundle.renames.items()}
        yield OpenPackage(tuple(open_geometry(bundle)), bundle.file(DESIGN), names)


def with_new_names(result: CheckResult, names: dict[str, str]) -> CheckResult:
    """A result whose findings and design are called by other names."""
    from fabdesign.export.bundle import with_names

    findings = tuple(finding.renamed(names) for finding in result.findings)
    return replace(result, findings=findings, design_file=with_names(result.design_file, names))
