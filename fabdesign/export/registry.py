"""Finds the formats: every module in ``fabdesign/export/to`` brings one exporter."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fabdesign.errors import ConfigError
from fabdesign.export import to
from fabdesign.plugins import modules_of, nearest
from fabdesign.relief import Relief

Report = dict[str, Any]


@dataclass(frozen=True)
class ExportResult:
    """What an export has written.

    Args:
        paths: the files, in the order of the layers.
        report: plain JSON: what is in them and how it was made.
    """

    paths: tuple[Path, ...]
    report: Report


class Exporter(Protocol):
    """One file format that a relief can be written in.

    A module of ``fabdesign/export/to`` offers an object of this shape under the name ``EXPORTER``.
    """

    @property
    def name(self) -> str:
        """What the user calls the format."""

    @property
    def summary(self) -> str:
        """One line for people."""

    @property
    def context(self) -> tuple[str, ...]:
        """Options that `export_design` fills in unless the user gives them: "profile", "physical"."""

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The files that an export would write, in the order of the layers."""

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""


@functools.cache
def _found() -> dict[str, Exporter]:
    return dict(sorted((module.EXPORTER.name, module.EXPORTER) for module in modules_of(to)))


def exporters() -> dict[str, Exporter]:
    """All formats by name.

    >>> "stl" in exporters()
    True
    """
    return dict(_found())


def find_exporter(name: str) -> Exporter:
    """The exporter of a format.

    Raises:
        ConfigError: there is no such format.
    """
    known = _found()
    if name in known:
        return known[name]
    hint = nearest(name, known, "formats")
    raise ConfigError(f"The format must be a known one; got {name!r}.", hint=hint)
