"""Finds the readers: every module in ``fabdesign/check/readers/of`` brings one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from fabdesign.check.readers import of
from fabdesign.check.readers.reading import LayerFile
from fabdesign.check.readers.sides import is_side_file
from fabdesign.design import Design
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.container import is_container
from fabdesign.plugins import modules_of


class Reader(Protocol):
    """One family of file formats that can be read back.

    A module of ``fabdesign/check/readers/of`` offers an object of this shape under the name ``READER``.
    """

    name: str
    formats: tuple[str, ...]
    """Names of the exporters whose files it reads."""
    suffixes: tuple[str, ...]
    """Of files that it is asked to read, and to refuse with a reason, when nobody recognises them."""

    def recognises(self, path: Path) -> bool:
        """Whether a file is one of its own, by its content; no suffix is trusted. Never raises."""

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """The layers in files that it recognised, with the design and layer that each claims.

        Raises:
            FileFormatError: a file is damaged, or its companions are missing.
        """


@functools.cache
def _found() -> dict[str, Reader]:
    return dict(sorted((module.READER.name, module.READER) for module in modules_of(of)))


def readers() -> dict[str, Reader]:
    """All readers by name.

    >>> "stl" in readers()
    True
    """
    return dict(_found())


def find_reader(path: Path) -> Reader | None:
    """The reader of a file by its content; None where nobody knows it.

    >>> find_reader(Path("nowhere.stl")) is None
    True
    """
    return next((reader for reader in _found().values() if reader.recognises(path)), None)


def open_files(paths: Iterable[Path]) -> list[LayerFile]:
    """Open exported files of any formats, mixed as they come; tables beside them are passed over.

    Args:
        paths: files.

    Returns:
        their layers, format by format, in the order in which the formats were first named.

    Raises:
        ConfigError: no file was named, or one is a design.
        FileFormatError: a file is missing, damaged, or of no format that can be read back.
    """
    groups: dict[str, list[Path]] = {}
    known = list(paths)
    for path in known:
        _refuse_no_file(path)
        reader = find_reader(path) or _by_suffix(path)
        if reader is not None:
            groups.setdefault(reader.name, []).append(path)
    layers = [layer for name, own in groups.items() for layer in _found()[name].open(own)]
    if layers:
        return layers
    if known:
        raise FileFormatError(f"{known[0]} holds no layer of a design.", hint=_hint())
    raise ConfigError("At least one file to check must be named.")


def can_read(path: Path) -> bool:
    """Whether a file is of a format that can be read back, by its content."""
    return path.is_file() and find_reader(path) is not None


def readable_formats() -> tuple[str, ...]:
    """Names of the exporters whose files can be read back.

    >>> "gds" in readable_formats()
    True
    """
    return tuple(sorted(name for reader in _found().values() for name in reader.formats))


def _by_suffix(path: Path) -> Reader | None:
    """The reader that will say what is wrong with a file; None for a table or the like beside one."""
    if path.exists() and is_side_file(path):
        return None
    suffix = path.suffix.lower()
    reader = next((reader for reader in _found().values() if suffix in reader.suffixes), None)
    if reader is None:
        missing = "does not exist" if not path.exists() else "is of no format that can be read back"
        raise FileFormatError(f"{path} {missing}.", hint=_hint())
    return reader


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder.", hint="Name the files in it.")
    if path.is_file() and path.suffix == ".safetensors" and is_container(path):
        raise ConfigError(
            f"{path} is a design, not an exported file.", hint="Name it with --design, or check it alone."
        )


def _hint() -> str:
    return f"Name exported files; {', '.join(readable_formats())} can be read back."


def layers_by_format(files: Iterable[LayerFile], design: Design) -> dict[str, list[LayerFile]]:
    """Files sorted by format; a format with more files than the design has layers is refused.

    Raises:
        ConfigError: there are too many files of a format.
    """
    groups: dict[str, list[LayerFile]] = {}
    for file in files:
        groups.setdefault(file.format, []).append(file)
    for name, group in groups.items():
        if len(group) > design.layers:
            raise ConfigError(
                f"The design has {design.layers} layers; got {len(group)} files as {name}.",
                hint="Name the files of one design.",
            )
    return groups
