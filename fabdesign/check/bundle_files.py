"""Opening a hand-off package, packed or unpacked: its files below one folder, and nothing else."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fabdesign.errors import FileFormatError
from fabdesign.export.bundle.content import MANIFEST, README, SUMS
from fabdesign.formats.archive_names import name_fault
from fabdesign.formats.archive_read import ArchiveReader
from fabdesign.formats.reading import reading

MOST_FILES = 2000
_LOCAL_HEADER, _NAME_AT = b"PK\x03\x04", 30


@dataclass(frozen=True)
class OpenBundle:
    """A package whose files lie in a folder.

    Args:
        path: the package, as the user named it.
        root: the folder; a temporary one for a ZIP.
        names: the files below it, with "/" between parts, in alphabetical order.
        plain: the ZIP has byte by byte the headers that fabdesign writes; None for a folder.
    """

    path: Path
    root: Path
    names: tuple[str, ...]
    plain: bool | None

    @property
    def renames(self) -> dict[str, str]:
        """What to replace in messages, so that files are called as the package calls them."""
        return {f"{self.root}{os.sep}": ""}

    def file(self, name: str) -> Path:
        """Where a file of the package lies."""
        return self.root.joinpath(*name.split("/"))


def is_bundle(path: str | os.PathLike[str]) -> bool:
    """Whether a path looks like a package: a ZIP that begins with a README, or a folder with its lists.

    Any file named ``.zip`` is taken for one, so that a damaged package is called so.
    """
    file = Path(path)
    if file.is_dir():
        return (file / MANIFEST).is_file() and (file / SUMS).is_file()
    if file.suffix.lower() == ".zip":
        return True
    try:
        with file.open("rb") as stream:
            head = stream.read(_NAME_AT + len(README))
    except OSError:
        return False
    return head.startswith(_LOCAL_HEADER) and head[_NAME_AT:] == README.encode()


@contextlib.contextmanager
def open_bundle(path: str | os.PathLike[str]) -> Iterator[OpenBundle]:
    """Open a package; a ZIP is checked for tricks and then unpacked into a folder that vanishes afterwards.

    Raises:
        FileFormatError: the ZIP is damaged or unsafe, the folder holds links, or either is unreadable.
    """
    file = Path(path)
    if file.is_dir():
        yield OpenBundle(file, file, _names_below(file), None)
        return
    with reading(file), file.open("rb") as stream:
        archive = ArchiveReader(stream, str(file))
        with tempfile.TemporaryDirectory(prefix="fabdesign-bundle-") as folder:
            archive.extract(folder)
            yield OpenBundle(file, Path(folder), tuple(sorted(archive.names)), archive.plain)


def _names_below(folder: Path) -> tuple[str, ...]:
    names: list[str] = []
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            entry = Path(parent, name)
            relative = entry.relative_to(folder).as_posix()
            if entry.is_symlink() or (name in files and not entry.is_file()):
                raise FileFormatError(f"{entry} is a link or a device; a package holds only files.")
            if fault := name_fault(relative):
                raise FileFormatError(f"{entry} is no file of a package: its name {fault}.")
        names += [Path(parent, name).relative_to(folder).as_posix() for name in files]
        if len(names) > MOST_FILES:
            raise FileFormatError(f"{folder} holds more than {MOST_FILES} files; a package holds fewer.")
    return tuple(sorted(names))
