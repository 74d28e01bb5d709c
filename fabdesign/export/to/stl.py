"""STL: closed solids in micrometres, bottom at z = 0, centred in x and y; one per layer, or put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fabdesign.export.compensated import compensation_tag
from fabdesign.export.registry import Report
from fabdesign.export.solids import MESHES, Chosen, SolidExporter
from fabdesign.formats.stl import StlWriter
from fabdesign.formats.written import measure
from fabdesign.relief import (
    CornerVolume,
    Lattice,
    Relief,
    Triangles,
    count_vertices,
    layer_lattice,
    merged_mesh,
    pixel_mesh,
)
from fabdesign.relief.assembly import Assembly
from fabdesign.relief.mesh import AXIS_NORMAL, PLUS_Z
from fabdesign.relief.relief import PM_PER_UM
from fabdesign.relief.volume import lattice_volume_pm3

_PM3_PER_UM3 = PM_PER_UM**3


def header_text(relief: Relief, what: str) -> str:
    """The header of a file: who made it, the design's hash, what of the design, the unit, compensation."""
    text = f"fabdesign {relief.content_hash[:32]} {what} um"
    return text if relief.compensation is None else f"{text} comp {compensation_tag(relief)}"


def write_layer(relief: Relief, layer: int, stream: IO[bytes], chosen: Chosen) -> Report:
    """Write one layer to a stream and report its counts, volume and hash.

    Args:
        relief: the relief.
        layer: which of its layers.
        stream: readable and writable; the file begins at its start.
        chosen: "mesh", one of `MESHES`; moved walls are always written as "pixels".
    """
    mesh = chosen["mesh"]
    lattice = layer_lattice(relief, layer)
    mesh = mesh if lattice.line_pm is None else "pixels"
    count = count_vertices(lattice)
    triangles, batches = (
        (count.floor, merged_mesh(lattice)) if mesh == "merged" else (count.conforming, pixel_mesh(lattice))
    )
    header = header_text(relief, f"layer {layer:02d}/{relief.layers:02d}")
    writer = StlWriter(stream, header, triangles)
    return {
        "mesh": mesh,
        "triangles": triangles,
        "floor": count.floor,
        "triangles_per_floor": triangles / count.floor,
        **_write(stream, writer, lattice, batches, lattice_volume_pm3(lattice)),
    }


def write_assembly(relief: Relief, assembly: Assembly, stream: IO[bytes], chosen: Chosen) -> Report:
    """Write layers put together to a stream and report its counts, volume and hash.

    Args:
        relief: the relief of all layers.
        assembly: the layers put together.
        stream: readable and writable; the file begins at its start.
        chosen: "mesh", "merged".
    """
    solid = assembly.solid
    header = header_text(relief, f"{assembly.kind} {relief.layers:02d}")
    writer = StlWriter(stream, header, solid.triangles)
    return {
        **chosen,
        "triangles": solid.triangles,
        **_write(stream, writer, solid.lattice, solid.batches(), solid.volume_pm3),
    }


EXPORTER = SolidExporter(
    "stl",
    "closed binary STL solids in micrometres, one per layer or all layers put together",
    write_layer,
    write_assembly,
    {"mesh": MESHES},
)


def _write(
    stream: IO[bytes], writer: StlWriter, lattice: Lattice, batches: Iterable[Triangles], volume_pm3: int
) -> Report:
    removed = CornerVolume(lattice)
    for batch in batches:
        removed.add(batch)
        writer.write(*to_float32(lattice, batch))
    writer.finish()
    return {
        "corner_contacts": lattice.contacts,
        "corner_contacts_tied": lattice.tied_contacts,
        "corner_eps_um": lattice.eps_pm / PM_PER_UM if lattice.contacts else 0.0,
        "volume_um3": float((volume_pm3 - removed.removed_pm3) / _PM3_PER_UM3),
        "corner_volume_um3": float(removed.removed_pm3 / _PM3_PER_UM3),
        **measure(stream)._asdict(),
    }


def to_float32(lattice: Lattice, batch: Triangles) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Coordinates [triangle, corner, xyz] in µm and outward unit normals [triangle, xyz] of a batch."""
    vertices = np.empty((len(batch), 3, 3), dtype=np.float32)
    vertices[:, :, 0] = lattice.x_um.astype(np.float32).take(batch.xi)
    vertices[:, :, 1] = lattice.y_um.astype(np.float32).take(batch.yi)
    vertices[:, :, 2] = lattice.z_um.astype(np.float32).take(batch.zi)
    normals = AXIS_NORMAL.take(batch.axis, axis=0)
    if lattice.contacts:
        tilted = batch.moved[batch.axis[batch.moved] < PLUS_Z]
        normals[tilted] = _unit_normals(vertices[tilted].astype(np.float64))
    return vertices, normals


def _unit_normals(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    cross = np.cross(vertices[:, 1] - vertices[:, 0], vertices[:, 2] - vertices[:, 0])
    unit: NDArray[np.float64] = cross / np.linalg.norm(cross, axis=1, keepdims=True)
    return unit
