"""STL: one closed solid per layer in micrometres, bottom of the base at z = 0, centred in x and y."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fabdesign.export.options import check_known, choice
from fabdesign.export.registry import Report
from fabdesign.formats.atomic import atomic_file
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
from fabdesign.relief.mesh import AXIS_NORMAL, PLUS_Z
from fabdesign.relief.relief import PM_PER_UM

_PM3_PER_UM3 = PM_PER_UM**3


MESHES = ("merged", "pixels")
"""Values of the option "mesh": the fewest triangles that a closed mesh can have, or the quickest to make."""


class StlExporter:
    """Binary STL, one file per layer."""

    name = "stl"
    summary = "closed binary STL solids in micrometres, one per layer"
    context: tuple[str, ...] = ()

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        check_known(options, ("mesh",))
        choice(options, "mesh", MESHES)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The files that an export would write, in the order of the layers."""
        return tuple(folder / f"{relief.name}-layer{layer:02d}.stl" for layer in range(relief.layers))

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        mesh = choice(options, "mesh", MESHES)
        relief.require_base()
        with contextlib.ExitStack() as stack:
            layers = []
            for layer, path in enumerate(paths):
                stream = stack.enter_context(atomic_file(path, "w+b"))
                layers.append({"file": path.name, **write_layer(relief, layer, stream, mesh=mesh)})
        return {"format": self.name, "unit": "um", "layers": layers}


EXPORTER = StlExporter()


def header_text(relief: Relief, layer: int) -> str:
    """The header of a layer's file: who made it, the design's hash, which layer, and the unit."""
    return f"fabdesign {relief.content_hash[:32]} layer {layer:02d}/{relief.layers:02d} um"


def write_layer(relief: Relief, layer: int, stream: IO[bytes], *, mesh: str = "merged") -> Report:
    """Write one layer to a stream and report its counts, volume and hash.

    Args:
        relief: the relief.
        layer: which of its layers.
        stream: readable and writable; the file begins at its start.
        mesh: one of `MESHES`.
    """
    lattice = layer_lattice(relief, layer)
    count = count_vertices(lattice)
    removed = CornerVolume(lattice)
    triangles, batches = (
        (count.floor, merged_mesh(lattice)) if mesh == "merged" else (count.conforming, pixel_mesh(lattice))
    )
    writer = StlWriter(stream, header_text(relief, layer), triangles)
    for batch in batches:
        removed.add(batch)
        writer.write(*to_float32(lattice, batch))
    writer.finish()
    volume = relief.volume_pm3(layer) - removed.removed_pm3
    return {
        "mesh": mesh,
        "triangles": triangles,
        "floor": count.floor,
        "triangles_per_floor": triangles / count.floor,
        "corner_contacts": lattice.contacts,
        "corner_contacts_tied": lattice.tied_contacts,
        "corner_eps_um": lattice.eps_pm / PM_PER_UM if lattice.contacts else 0.0,
        "volume_um3": float(volume / _PM3_PER_UM3),
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
