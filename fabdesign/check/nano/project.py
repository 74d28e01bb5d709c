"""A project of nanoPrintX as an untrusted archive: its tables, checked, and where its one mesh lies."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, Field, ValidationError

from fabdesign.check.stl_file import StlFile, open_stl
from fabdesign.errors import FileFormatError
from fabdesign.formats.archive_directory import ArchiveEntry, ArchiveLimits
from fabdesign.formats.archive_read import ArchiveReader
from fabdesign.formats.reading import reading

MAIN = "__main__.toml"
_LIMITS = ArchiveLimits(entries=200)
_MOST_TABLE_BYTES = 1 << 20
_MOST_NODES = 1000

Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Triple = tuple[Number, Number, Number]


class Preset(BaseModel):
    """How a mesh is sliced; lengths in µm."""

    id: str
    slicing_spacing: Annotated[float, Field(gt=1e-4, le=1e4, allow_inf_nan=False)]
    mesh_z_offset: Number = 0.0


class MeshTable(BaseModel):
    """A mesh, and what nanoPrintX does to it."""

    id: str
    path: str
    scale: Triple = (1.0, 1.0, 1.0)
    translation: Triple = (0.0, 0.0, 0.0)
    rotation: Triple = (0.0, 0.0, 0.0)
    simplify_mesh: bool = False
    enhance_mesh: bool = False
    properties: dict[str, Any] = {}


class _Geometry(BaseModel):
    resource: str = ""
    scale: Triple = (1.0, 1.0, 1.0)


class Node(BaseModel):
    """A node of the tree: the project, a scene, an aligner, a structure."""

    id: str
    type: str
    children: tuple[str, ...] = ()
    position: Triple = (0.0, 0.0, 0.0)
    rotation: Triple = (0.0, 0.0, 0.0)
    preset: str | None = None
    slicing_origin_reference: str = ""
    slicing_offset: Number = 0.0
    geometry: _Geometry = _Geometry()


class _Tables(BaseModel):
    presets: tuple[Preset, ...]
    resources: tuple[dict[str, Any], ...]
    nodes: Annotated[tuple[Node, ...], Field(max_length=_MOST_NODES)]


@dataclass(frozen=True, eq=False)
class NanoProject:
    """A project with one mesh.

    Attributes:
        path: the file.
        preset: its slices.
        mesh: the mesh's table.
        chain: nodes from the structure up to the project.
        solid: the mesh, where it lies in the file.
        md5: of the mesh's bytes.
    """

    path: Path
    preset: Preset
    mesh: MeshTable
    chain: tuple[Node, ...]
    solid: StlFile
    md5: str

    @property
    def structure(self) -> Node:
        """The node that prints the mesh."""
        return self.chain[0]

    @property
    def scale(self) -> tuple[float, float, float]:
        """By what the mesh is stretched before it is printed, xyz."""
        x, y, z = (a * b for a, b in zip(self.mesh.scale, self.structure.geometry.scale, strict=True))
        return x, y, z


def is_nano(path: Path) -> bool:
    """Whether a file is an archive with the main table of a project; never raises."""
    try:
        with path.open("rb") as stream:
            return MAIN in ArchiveReader(stream, str(path), _LIMITS).names
    except (OSError, FileFormatError):
        return False


def open_nano(path: Path) -> NanoProject:
    """Read the tables of a project and find its one mesh, whose bytes are checked against the archive's sum.

    Raises:
        FileFormatError: no project, damaged, unsafe, or it prints anything but one mesh.
    """
    with reading(path), path.open("rb") as stream:
        archive = ArchiveReader(stream, str(path), _LIMITS)
        tables = _tables(archive, path)
        structures = [node for node in tables.nodes if node.type == "structure"]
        if len(structures) != 1:
            _refuse(path, f"it prints {len(structures)} structures, and one is expected")
        structure = structures[0]
        mesh = _mesh(tables, structure, path)
        preset = next((preset for preset in tables.presets if preset.id == structure.preset), None)
        if preset is None:
            _refuse(path, "its structure names a preset that is not there")
        entry = _stored(archive, mesh.path, path)
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in archive.chunks(mesh.path):
            digest.update(chunk)
    solid = open_stl(path, start=entry.data_at, size=entry.bytes)
    chain = tuple(_chain(tables.nodes, structure, path))
    project = NanoProject(path, preset, mesh, chain, solid, digest.hexdigest())
    if not all(1e-6 <= abs(factor) <= 1e6 for factor in project.scale):
        _refuse(path, f"it scales its mesh by {project.scale}")
    return project


def _tables(archive: ArchiveReader, path: Path) -> _Tables:
    if MAIN not in archive.names:
        _refuse(path, f"it is no project of nanoPrintX: it holds no {MAIN}")
    try:
        record = tomllib.loads(archive.read(MAIN, _MOST_TABLE_BYTES).decode("utf-8"))
        return _Tables.model_validate(record)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        _refuse(path, f"{MAIN}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except (ValueError, RecursionError) as wrong:
        _refuse(path, f"{MAIN} is no TOML ({str(wrong)[:120]})")


def _mesh(tables: _Tables, structure: Node, path: Path) -> MeshTable:
    named = [table for table in tables.resources if table.get("id") == structure.geometry.resource]
    if len(named) != 1:
        _refuse(path, "its structure names a mesh that is not there")
    try:
        return MeshTable.model_validate(named[0])
    except ValidationError as wrong:
        first = wrong.errors()[0]
        _refuse(path, f"{MAIN}: resources.{'.'.join(map(str, first['loc']))}: {first['msg']}")


def _stored(archive: ArchiveReader, name: str, path: Path) -> ArchiveEntry:
    entry = next((entry for entry in archive.entries if entry.name == name), None)
    if entry is None:
        _refuse(path, f"it holds no {name[:80]}, which it prints")
    if entry.deflated:
        _refuse(path, "its mesh is compressed, as nanoPrintX does not write it")
    return entry


def _chain(nodes: Sequence[Node], structure: Node, path: Path) -> Iterator[Node]:
    """The structure, and the nodes above it."""
    parents: Mapping[str, Node] = {child: node for node in nodes for child in node.children}
    seen: set[str] = set()
    node: Node | None = structure
    while node is not None:
        if node.id in seen:
            _refuse(path, "its nodes go round in a circle")
        seen.add(node.id)
        yield node
        node = parents.get(node.id)


def _refuse(path: Path, why: str) -> NoReturn:
    raise FileFormatError(f"{path} cannot be read: {why}.", hint="Export the design again.")
