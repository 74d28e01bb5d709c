"""What goes into a package, as the command that composes it hands it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabdesign.design import Design
from fabdesign.export.registry import ExportResult
from fabdesign.process import Profile

README, MANIFEST, SUMS = "README.md", "manifest.json", "SHA256SUMS"
LAYERS, LEVELS, RUNSHEET = "layers.csv", "levels.csv", "runsheet.md"
PROCESS, CHECKS, DESIGN = "process.toml", "checks.json", "design.safetensors"
PREVIEWS, COMPANIONS = "preview", "process"
MANIFEST_FORMAT = "fabdesign-bundle 1.0"


@dataclass(frozen=True)
class Exported:
    """One format's files, which lie alone in a folder of their own.

    Args:
        folder: the folder.
        result: what `export_design` returned.
        options: options of the format as the user gave them.
    """

    folder: Path
    result: ExportResult
    options: Mapping[str, str]

    @property
    def format(self) -> str:
        """Name of the format, and of its folder in the package."""
        return str(self.result.report["format"])

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The report's entry for each layer."""
        return list(self.result.report["layers"])

    def files(self) -> Iterator[tuple[str, Path]]:
        """Names in the package and files, in the order of the names."""
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            yield f"{self.format}/{path.relative_to(self.folder).as_posix()}", path

    def layer_file(self, layer: int) -> str:
        """Name in the package of the file that holds a layer, or begins it."""
        wanted = self.layers[layer]["file"]
        return next(name for name, path in self.files() if path.name == wanted)


@dataclass(frozen=True)
class Package:
    """Everything that a package is made from.

    Args:
        name: how its file name begins.
        design: the design.
        design_file: the file it was loaded from, which goes into the package as it is.
        profile: the process, if known.
        exported: the formats.
        checks: what `check` found in their files, plain JSON; None where nothing was read back.
        not_checked: formats that were not read back.
    """

    name: str
    design: Design
    design_file: Path
    profile: Profile | None
    exported: tuple[Exported, ...]
    checks: Mapping[str, Any] | None
    not_checked: tuple[str, ...] = ()

    def names(self) -> dict[str, str]:
        """Where files lay when they were checked, and what the package calls them."""
        names = {str(path): name for exported in self.exported for name, path in exported.files()}
        return {**names, str(self.design_file): DESIGN}

    def size_um(self) -> tuple[float, float]:
        """Width and depth of a layer's pixels."""
        ny, nx = self.design.pixels
        pitch_um = self.design.physical.pitch_um
        return round(nx * pitch_um, 6), round(ny * pitch_um, 6)


def with_names(value: Any, names: Mapping[str, str]) -> Any:
    """A plain JSON value with some paths replaced by names, wherever a text holds them.

    >>> with_names({"file": "/tmp/x/a.stl", "count": 2}, {"/tmp/x/": ""})
    {'file': 'a.stl', 'count': 2}
    """
    if isinstance(value, Mapping):
        return {key: with_names(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_names(item, names) for item in value]
    if isinstance(value, str):
        for path, name in names.items():
            value = value.replace(path, name)
    return value


def package_name(name: str) -> str:
    """File name of a package.

    >>> package_name("lens")
    'lens-bundle.zip'
    """
    return f"{name}-bundle.zip"
