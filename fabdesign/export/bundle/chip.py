"""The hand-off package of a mesh: masks, netlists, tables, process, pictures and checks in one ZIP."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from fabdesign.export.bundle.content import (
    CHECKS,
    DESIGN,
    LAYERS,
    MANIFEST_FORMAT,
    PREVIEWS,
    PROCESS,
    README,
    RUNSHEET,
    SUMS,
    package_name,
    with_names,
)
from fabdesign.export.bundle.manifest import dump_json
from fabdesign.export.bundle.profile_text import table_toml
from fabdesign.export.bundle.write import PACKED, pack
from fabdesign.export.circuit.shapes import DATA, MASKS
from fabdesign.export.registry import ExportResult
from fabdesign.formats.archive import ArchiveWriter
from fabdesign.formats.drawing import Contents
from fabdesign.formats.gdsii_read import read_gdsii
from fabdesign.formats.oasis_read import read_oasis
from fabdesign.formats.written import Written
from fabdesign.process import Profile

_BLANK = "____________"
_STEPS = (
    ("waveguide", "pattern and etch the waveguides", "width of a waveguide", "waveguide.width_um"),
    ("waveguide", "measure a coupler", "gap of a coupler", "coupler.gap_um"),
    ("heater", "deposit and pattern the heaters", "width of a heater", "heater.width_um"),
    ("via", "open the vias", "side of a via", "via.size_um"),
    ("metal", "deposit and pattern the metal", "width of a wire", "metal.wire_um"),
    ("pad", "open the pads", "side of a pad", "pad.size_um"),
)


@dataclass(frozen=True)
class ChipPackage:
    """Everything that the package of a mesh is made from.

    Args:
        name: how its file name begins.
        kind: of the design, ``"mesh"`` or ``"unitary"``.
        content_hash: of the design.
        design_file: the file it was loaded from, which goes into the package as it is.
        profile: the process.
        exported: what was written in each format, each alone in a folder of its own.
        checks: what a check found in these files, plain JSON values.
    """

    name: str
    kind: str
    content_hash: str
    design_file: Path
    profile: Profile
    exported: tuple[ExportResult, ...]
    checks: Mapping[str, Any]

    def files(self) -> Iterator[tuple[str, Path]]:
        """Names in the package and files, format by format."""
        for result in self.exported:
            yield from ((f"{result.report['format']}/{path.name}", path) for path in result.paths)

    def names(self) -> dict[str, str]:
        """Where files lay when they were checked, and what the package calls them."""
        return {**{str(path): name for name, path in self.files()}, str(self.design_file): DESIGN}


def write_chip_bundle(
    path: str | os.PathLike[str], package: ChipPackage, *, overwrite: bool = False
) -> Written:
    """Write the package of a mesh as one ZIP, whole or not at all; the same content gives the same bytes.

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
        lambda written: _manifest(package, written),
        overwrite=overwrite,
    )


def _add_all(archive: ArchiveWriter, package: ChipPackage) -> dict[str, Written]:
    documents = {
        README: _readme(package),
        RUNSHEET: _runsheet(package),
        LAYERS: _layers(package),
        PROCESS: table_toml(package.profile, [f"# The process that {package.name} was drawn for."]),
        CHECKS: dump_json(with_names(dict(package.checks), package.names())),
    }
    written = {name: archive.add_bytes(name, data) for name, data in documents.items()}
    for name, data in _previews(package):
        written[name] = archive.add_bytes(name, data, deflate=False)
    for name, path in ((DESIGN, package.design_file), *package.files()):
        written[name] = archive.add_file(name, path, deflate=not name.endswith(PACKED))
    return written


def _manifest(package: ChipPackage, written: Mapping[str, Written]) -> bytes:
    facts = {
        f"{result.report['format']}/{layer['file']}": {
            "format": result.report["format"],
            "layer": at,
            **layer,
        }
        for result in package.exported
        for at, layer in enumerate(result.report["layers"])
    }
    roles = {name for name, _ in package.files()}
    files = []
    for name, size in written.items():
        role = "geometry" if name in facts else "companion" if name in roles else "document"
        files.append({**facts.get(name, {}), "path": name, "role": role, **size._asdict()})
    return dump_json(
        {
            "format": MANIFEST_FORMAT,
            "name": package.name,
            "tool": {"name": "fabdesign", "version": metadata.version("fabdesign")},
            "design": {"file": DESIGN, "kind": package.kind, "content": package.content_hash},
            "process": {"name": package.profile.name, "version": package.profile.header.version},
            "formats": [{"name": result.report["format"]} for result in package.exported],
            "files": files,
        }
    )


def _readme(package: ChipPackage) -> bytes:
    first = package.exported[0].report
    numbers = [number.mark for _, number in package.profile.marked_numbers()]
    lines = [f"# {package.name}", ""]
    lines.append("Masks of interferometer meshes with heaters:" if len(first["layers"]) > 1 else "A mask:")
    for layer in first["layers"]:
        lines.append(
            f"- `{layer['file']}`, {layer['circuit']}: {layer['inputs']} inputs, {layer['outputs']} outputs, "
            f"{layer['heaters']} heaters, {layer['pads']} pads"
        )
    names = " or ".join(f"`{result.report['format']}/`" for result in package.exported)
    lines += [
        "",
        "## Load",
        "",
        f"The masks are in {names}, one file and one cell for each chip; any one of these folders is the "
        "whole job. Database unit as in the file, scale 1, no mirroring. "
        f"`{LAYERS}` says what each layer is. Datatype 1 holds marks, which are written with datatype 0.",
        "",
        "The F below the mesh reads right, and light enters from the left.",
        "",
        "## Confirm first",
        "",
        f"`{PROCESS}` has every number that was assumed of your process: {numbers.count('assumed')} of "
        f"{len(numbers)} are only assumed. Tell us where yours differ **before** you start, the couplers' "
        "above all.",
        "",
        "## Wire",
        "",
        "Pads carry numbers. The netlist beside each mask says which two pads each heater has and which "
        "phase is meant for it.",
        "",
        "## What was checked",
        "",
        f"The masks were read back, their circuits recognised and compared with the design (`{CHECKS}`).",
        "",
        "## What the hash identifies",
        "",
        "The design. Files carry it, and it belongs on every message about this job:",
        "",
        f"    {package.content_hash}",
        "",
        f"`sha256sum -c {SUMS}` shows that no file was changed; `fabdesign verify "
        f"{package_name(package.name)}` also shows that they belong to this design.",
        "",
    ]
    return "\n".join(lines).encode()


def _runsheet(package: ChipPackage) -> bytes:
    photonic = package.profile.photonic
    lines = [
        f"# Run sheet: {package.name}",
        "",
        f"Design {package.content_hash}",
        "",
        f"Operator: {_BLANK}  Facility: {_BLANK}  Wafer: {_BLANK}  Started on: {_BLANK}",
        "",
        "| step | mask | what | target | measured | date, name |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for at, (mask, what, measure, key) in enumerate(_STEPS, start=1):
        section, name = key.split(".")
        number = getattr(getattr(photonic, section), name)
        lines.append(f"| {at} | {mask} | {what} | {measure}: {number.value:g} um ({number.mark}) |  |  |")
    return "\n".join([*lines, "", "Remarks:", "", _BLANK * 6, ""]).encode()


def _layers(package: ChipPackage) -> bytes:
    rows: list[dict[str, str]] = []
    for result in package.exported:
        table = next(path for path in result.paths if path.name == result.report["layer_table"])
        own = csv.DictReader(io.StringIO(table.read_text(encoding="utf-8")))
        rows += [{**row, "file": f"{result.report['format']}/{row['file']}"} for row in own]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _previews(package: ChipPackage) -> Iterator[tuple[str, bytes]]:
    from fabdesign.plot import draw_masks, render  # noqa: PLC0415  (brings matplotlib)

    result, photonic = package.exported[0], package.profile.photonic
    read = read_gdsii if result.report["format"] == "gds" else read_oasis
    for at, layer in enumerate(result.report["layers"]):
        contents = read(result.paths[at])
        polygons_um: dict[str, Sequence[Any]] = {
            mask: _polygons_um(contents, int(getattr(photonic, mask).layer.value)) for mask in MASKS
        }
        box = (*layer["box_um"]["minimum"], *layer["box_um"]["maximum"])
        figure = draw_masks(polygons_um, box_um=box, title=f"{package.name}, chip {at}")
        yield f"{PREVIEWS}/layer{at:02d}.png", render(figure)


def _polygons_um(contents: Contents, layer: int) -> Sequence[Any]:
    boxes = contents.rectangles.get((layer, DATA), np.empty((0, 4), np.int32))
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    others = contents.polygons.get((layer, DATA), [])
    return [points * contents.unit_um for points in (*corners, *others)]
