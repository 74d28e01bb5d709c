"""Writing a package: the same content gives the same bytes, whatever the day, the folder or the machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fabdesign.errors import ConfigError
from fabdesign.export.bundle import content
from fabdesign.export.bundle.content import Package, with_names
from fabdesign.export.bundle.manifest import dump_json, manifest
from fabdesign.export.bundle.pictures import previews
from fabdesign.export.bundle.profile_text import companion_files, profile_toml
from fabdesign.export.bundle.readme import readme
from fabdesign.export.bundle.runsheet import runsheet
from fabdesign.export.bundle.tables import layers_csv, levels_csv
from fabdesign.formats.archive import ArchiveWriter, atomic_archive
from fabdesign.formats.written import Written, hash_file

PACKED = (".png", ".tif", ".safetensors", ".oas", ".3mf")
"""Files that deflate would not make smaller by much."""


def write_bundle(path: str | os.PathLike[str], package: Package, *, overwrite: bool = False) -> Written:
    """Write a package as one ZIP, whole or not at all.

    Args:
        path: the file; its folder must exist.
        package: what goes in.
        overwrite: replace a file of the same name.

    Returns:
        size and SHA-256 of the file.

    Raises:
        ConfigError: the file exists, or the package has no format.
        FileFormatError: the file cannot be written.
    """
    return pack(
        path,
        package.exported,
        lambda archive: _add_all(archive, package),
        lambda written: manifest(package, written),
        overwrite=overwrite,
    )


def pack(
    path: str | os.PathLike[str],
    exported: Sequence[object],
    fill: Callable[[ArchiveWriter], dict[str, Written]],
    describe: Callable[[Mapping[str, Written]], bytes],
    *,
    overwrite: bool,
) -> Written:
    """Write a ZIP, whole or not at all: what ``fill`` adds, the manifest of it, and the sums of both.

    Raises:
        ConfigError: the file exists, or nothing was exported.
        FileFormatError: the file cannot be written.
    """
    target = Path(path)
    if not exported:
        raise ConfigError("A package needs at least one format.")
    if target.exists() and not overwrite:
        raise ConfigError(
            f"{target} exists already, and is not overwritten.",
            hint="Choose another folder, or replace it: --overwrite.",
        )
    with atomic_archive(target) as archive:
        written = fill(archive)
        written[content.MANIFEST] = archive.add_bytes(content.MANIFEST, describe(written))
        archive.add_bytes(content.SUMS, sums_text(written))
    return hash_file(target)


def sums_text(written: Mapping[str, Written]) -> bytes:
    """The list of hashes as ``sha256sum -c`` takes it.

    >>> sums_text({"a": Written(0, "00ff")})
    b'00ff  a\\n'
    """
    return "".join(f"{size.sha256}  {name}\n" for name, size in written.items()).encode()


def _add_all(archive: ArchiveWriter, package: Package) -> dict[str, Written]:
    written = {
        name: archive.add_bytes(name, data, deflate=not name.endswith(PACKED))
        for name, data in _documents(package).items()
    }
    for name, data in previews(package):
        written[name] = archive.add_bytes(name, data, deflate=False)
    files = {content.DESIGN: package.design_file, **companion_files(package.profile)}
    files |= {name: path for exported in package.exported for name, path in exported.files()}
    for name, path in files.items():
        written[name] = archive.add_file(name, path, deflate=not name.endswith(PACKED))
    return written


def _documents(package: Package) -> dict[str, bytes]:
    return {
        content.README: readme(package),
        content.RUNSHEET: runsheet(package),
        content.LAYERS: layers_csv(package),
        content.LEVELS: levels_csv(package),
        content.PROCESS: profile_toml(package.profile, package.design),
        content.CHECKS: dump_json(_checks(package)),
    }


def _checks(package: Package) -> dict[str, Any]:
    """What was found, with the paths of the package in place of those where the files lay when checked."""
    record = {"read_back": package.checks, "not_read_back": list(package.not_checked)}
    return dict(with_names(record, package.names()))
