"""3MF: closed solids in the frame of the STL, exact; one per layer, or put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fabdesign.export.compensated import compensation_tag
from fabdesign.export.registry import Report
from fabdesign.export.solids import CONTACTS, MESHES, Chosen, SolidExporter, is_exact
from fabdesign.formats.threemf import Texts, decimal_texts, write_3mf
from fabdesign.formats.written import measure
from fabdesign.relief import (
    CornerVolume,
    Lattice,
    Relief,
    Triangles,
    VertexTable,
    count_vertices,
    layer_lattice,
    merged_mesh,
    pixel_mesh,
)
from fabdesign.relief.assembly import AssembledVertices, Assembly
from fabdesign.relief.relief import PM_PER_UM
from fabdesign.relief.volume import lattice_volume_pm3

_PLACES = 7
"""Half a picometre, in micrometres: where the lines of a centred layer of odd width may lie."""
_UNITS_PER_PM = 10**_PLACES // PM_PER_UM


def write_layer(relief: Relief, layer: int, stream: IO[bytes], chosen: Chosen) -> Report:
    """Write one layer to a stream and report its counts, volume and hash.

    Args:
        relief: the relief.
        layer: which of its layers.
        stream: readable and writable; the file begins at its start.
        chosen: "mesh", one of `MESHES` (moved walls are always "pixels"), and "contacts", one of `CONTACTS`.
    """
    lattice = layer_lattice(relief, layer, exact=is_exact(chosen))
    merged = chosen["mesh"] == "merged" and lattice.line_pm is None
    table, removed = VertexTable(lattice, merged=merged), CornerVolume(lattice)
    triangles, floor = 2 * (len(table) - 2), count_vertices(lattice).floor
    batches = _noted(merged_mesh(lattice) if merged else pixel_mesh(lattice), removed)
    write_3mf(
        stream,
        f"{relief.name}-layer{layer:02d}",
        metadata(relief, "layer", f"{layer:02d}/{relief.layers:02d}"),
        _vertices(lattice, table),
        _counted(triangles, (table.index(batch) for batch in batches)),
    )
    return {
        **chosen,
        "mesh": "merged" if merged else "pixels",
        "triangles": triangles,
        "vertices": len(table),
        "floor": floor,
        "triangles_per_floor": triangles / floor,
        **_corners(lattice, lattice_volume_pm3(lattice), removed),
        **measure(stream)._asdict(),
    }


def write_assembly(relief: Relief, assembly: Assembly, stream: IO[bytes], chosen: Chosen) -> Report:
    """Write layers put together to a stream and report its counts, volume and hash.

    Args:
        relief: the relief of all layers.
        assembly: the layers put together.
        stream: readable and writable; the file begins at its start.
        chosen: "mesh", "merged", and "contacts", one of `CONTACTS`.
    """
    solid = assembly.solid
    table, removed = AssembledVertices(solid), CornerVolume(solid.lattice)
    if not is_exact(chosen):
        for batch in solid.batches():
            removed.add(batch)
    write_3mf(
        stream,
        f"{relief.name}-{assembly.kind}",
        metadata(relief, assembly.kind, f"{relief.layers:02d}"),
        _vertices(solid.lattice, table),
        _counted(solid.triangles, table.triangles()),
    )
    return {
        **chosen,
        "triangles": solid.triangles,
        "vertices": len(table),
        **_corners(solid.lattice, solid.volume_pm3, removed),
        **measure(stream)._asdict(),
    }


EXPORTER = SolidExporter(
    "3mf",
    "exact closed 3MF solids in micrometres, one per layer or all layers put together",
    write_layer,
    write_assembly,
    {"mesh": MESHES, "contacts": CONTACTS},
)


def metadata(relief: Relief, what: str, place: str) -> dict[str, str]:
    """What a file says of itself: who made it, the design's hash, and what of the design it holds.

    Args:
        relief: the relief.
        what: "layer", "stack" or "plates".
        place: which layer of how many, or how many.
    """
    told = {
        "Title": f"{relief.name} {what} {place}",
        "Application": "fabdesign",
        "fabdesign:design": relief.content_hash,
        f"fabdesign:{what}": place,
    }
    if relief.compensation is not None:
        told["fabdesign:compensation"] = compensation_tag(relief)
    return told


def _vertices(
    lattice: Lattice, table: VertexTable | AssembledVertices
) -> Iterator[tuple[Texts, Texts, Texts]]:
    x, y = (_centred(lattice, axis) for axis in (1, 0))
    z = decimal_texts(lattice.z_pm * _UNITS_PER_PM, _PLACES)
    for xi, yi, zi in table.vertices():
        yield x.take(xi), y.take(yi), z.take(zi)


def _counted(triangles: int, batches: Iterator[NDArray[np.int32]]) -> Iterator[NDArray[np.int32]]:
    """Pass batches on, and assert that they are as many triangles as the vertices ask for."""
    for batch in batches:
        triangles -= len(batch)
        yield batch
    if triangles:
        raise AssertionError(f"the mesh has {-triangles} triangles more than its vertices ask for")


def _noted(batches: Iterator[Triangles], removed: CornerVolume) -> Iterator[Triangles]:
    for batch in batches:
        removed.add(batch)
        yield batch


def _corners(lattice: Lattice, volume_pm3: int, removed: CornerVolume) -> Report:
    volume = volume_pm3 - removed.removed_pm3
    return {
        "corner_contacts": lattice.contacts,
        "corner_contacts_tied": lattice.tied_contacts,
        "corner_eps_um": lattice.eps_pm / PM_PER_UM if lattice.contacts else 0.0,
        "volume_um3": float(volume / PM_PER_UM**3),
        "corner_volume_um3": float(removed.removed_pm3 / PM_PER_UM**3),
    }


def _centred(lattice: Lattice, axis: int) -> Texts:
    lines_pm = lattice.lines_pm(axis)
    doubled_pm = 2 * lattice.lateral_pm(axis) - lines_pm[0] - lines_pm[-1]
    return decimal_texts(doubled_pm * (_UNITS_PER_PM // 2), _PLACES)
