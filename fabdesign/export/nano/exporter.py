"""Writing projects: the solids as STL, each packed with its settings into an archive without compression."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import tomlkit

from fabdesign.export.nano.options import NanoOptions, parse_nano_options, solid_options
from fabdesign.export.nano.project import MeshOfProject, mesh_path, project_info, project_tables
from fabdesign.export.nano.slices import ProjectSlices, project_slices
from fabdesign.export.registry import Exporter, Report
from fabdesign.export.solids import SolidExporter
from fabdesign.export.to.stl import EXPORTER as STL
from fabdesign.formats.archive import ArchiveWriter
from fabdesign.formats.atomic import atomic_file, writing
from fabdesign.formats.stl import HEADER_BYTES
from fabdesign.formats.written import measure
from fabdesign.relief import Relief
from fabdesign.relief.relief import PM_PER_UM

MAIN, INFO = "__main__.toml", "project_info.json"
TITLE = "fabdesign .nano project: REVIEW BEFORE WRITING"

_CHUNK = 1 << 20
_SIMPLIFY = "Leave simplify_mesh and enhance_mesh off in nanoPrintX: either would move the faces of levels."


@dataclass(frozen=True)
class NanoExporter:
    """Projects for nanoPrintX, one per layer, or one for layers put together.

    Args:
        solids: writes the meshes.
    """

    solids: Exporter = STL
    name: str = "nano"
    summary: str = "project for Nanoscribe Quantum X align (nanoPrintX): solids, slices and hatching"
    context: tuple[str, ...] = ("profile", "physical")

    def assembled(self, kind: str) -> NanoExporter:
        """The same for layers put together."""
        assert isinstance(self.solids, SolidExporter)
        return replace(self, solids=self.solids.assembled(kind))

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        parse_nano_options(options)
        self.solids.check_options(solid_options(options))

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The files that an export would write, in the order of the layers."""
        return tuple(path.with_suffix(".nano") for path in self.solids.paths(relief, folder))

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        chosen = parse_nano_options(options)
        with _scratch(paths[0]) as folder, contextlib.ExitStack() as stack:
            meshes = self.solids.paths(relief, folder)
            solid = self.solids.write(relief, meshes, solid_options(options))
            slices = _slices(relief, solid, chosen, len(paths))
            written = []
            for path, mesh, plan in zip(paths, meshes, slices, strict=True):
                stream = stack.enter_context(atomic_file(path, "w+b"))
                written.append(_pack(stream, path.name, mesh, plan, chosen))
                mesh.unlink()
        return _report(relief, solid, written, slices, chosen)


def _slices(relief: Relief, solid: Report, chosen: NanoOptions, files: int) -> list[ProjectSlices]:
    """The slices of each file."""
    layers = list(range(relief.layers))
    if files == len(layers) and solid["assembly"] == "layers":
        return [project_slices(relief, [layer], [0], chosen.job) for layer in layers]
    bottoms_um = solid["geometry"].get("base_bottom_um", [0.0] * len(layers))
    return [project_slices(relief, layers, [round(z * PM_PER_UM) for z in bottoms_um], chosen.job)]


def _pack(
    stream: IO[bytes], name: str, mesh: Path, slices: ProjectSlices, chosen: NanoOptions
) -> dict[str, Any]:
    """Write one project around its mesh."""
    with mesh.open("rb") as solid:
        title = solid.read(HEADER_BYTES).decode("ascii").rstrip()
        triangles = int.from_bytes(solid.read(4), "little")
    resource = MeshOfProject(mesh_path(_md5(mesh), mesh.name), triangles)
    tables = project_tables(title, resource, slices, chosen)
    with ArchiveWriter(stream) as archive:
        archive.add_bytes(MAIN, _main_text(tables, chosen), deflate=False)
        archive.add_bytes(INFO, f"{json.dumps(project_info(chosen), indent=4)}\n".encode(), deflate=False)
        archive.add_file(resource.path, mesh, deflate=False)
    return {"file": name, "mesh_file": resource.path, **measure(stream)._asdict()}


def _main_text(tables: dict[str, list[dict[str, Any]]], chosen: NanoOptions) -> bytes:
    head = [f"# {TITLE}", *(f"# review {text}" for text in chosen.review), f"# {_SIMPLIFY}", "", ""]
    return "\n".join(head).encode("ascii", "backslashreplace") + tomlkit.dumps(tables).encode()


def _report(
    relief: Relief,
    solid: Report,
    written: Sequence[dict[str, Any]],
    slices: Sequence[ProjectSlices],
    chosen: NanoOptions,
) -> Report:
    """The report of the solids, with the projects in place of the meshes."""
    alone = solid["assembly"] == "layers"
    told = [each.to_dict([at] if alone else range(relief.layers)) for at, each in enumerate(slices)]
    files = written if alone else [{**written[0], "layer": layer} for layer in range(relief.layers)]
    report = {
        **solid,
        "format": "nano",
        "layers": [{**old, **new} for old, new in zip(solid["layers"], files, strict=True)],
        "slices": {
            "operator": list(dict.fromkeys(text for each in told for text in each["operator"])),
            "layers": [layer for each in told for layer in each["layers"]],
        },
        "review": list(chosen.review),
        "warnings": [*solid.get("warnings", ()), *_warnings(relief, solid, chosen)],
    }
    return report if alone else {**report, "solid": {**solid["solid"], **written[0]}}


def _warnings(relief: Relief, solid: Report, chosen: NanoOptions) -> Iterator[str]:
    yield _SIMPLIFY
    accepts = chosen.job.profile.machine.accepts
    if accepts and "nano" not in accepts:
        yield f"process {chosen.job.profile.name} lists {', '.join(accepts)}; nano is not among them."
    size = solid.get("geometry", {}).get("size_um") or [n * relief.pitch_um for n in relief.pixels]
    field = chosen.job.profile.field.size_um
    across_um = math.hypot(size[0], size[1])
    if field is not None and across_um > field.value:
        yield (
            f"The print is {across_um:.4g} um across its corners, more than the field of {field.value:g} um "
            f"({field.mark}): nanoPrintX splits it; see that seams lie on borders of pixels."
        )


def _md5(path: Path) -> str:
    """The name that nanoPrintX gives to the folder of a resource; SHA-256 proves it elsewhere."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A folder for the meshes, which goes away again."""
    with (
        writing(beside),
        tempfile.TemporaryDirectory(
            prefix=f".{beside.name[:80]}.", suffix=".part", dir=beside.parent
        ) as folder,
    ):
        yield Path(folder)
