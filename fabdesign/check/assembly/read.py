"""From the bytes of an STL that holds all layers to each layer's heights, and the distances between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fabdesign.check.assembly.columns import Columns, read_columns
from fabdesign.check.assembly.findings import aperture_findings, layer_findings, print_findings
from fabdesign.check.assembly.frame import lattice_over, plate_boxes, stack_box
from fabdesign.check.assembly.header import AssemblyTag
from fabdesign.check.assembly.shift import CornerPhase, whole_shift
from fabdesign.check.finding import Finding
from fabdesign.check.lattice import Lattice
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.orientation import AS_DESIGNED, best_match
from fabdesign.check.raster import Floats
from fabdesign.check.solid import Solid, survey
from fabdesign.design import Design
from fabdesign.errors import FileFormatError


@dataclass(frozen=True, eq=False)
class LayerOf:
    """One layer of a print that holds all of them.

    Args:
        layer: index, by its place in the print.
        thickness_um: from bottom to top at each pixel's centre, [y, x]; NaN where the column is no layer.
        bottom_um: height of its base's bottom above what the print stands on.
        plane_um: height of its modulation plane, the top of its base.
        gap_um: free height below its base, down to the plane before or to what the print stands on.
        shift_um: how far it lies off its place, (x, y).
        upside_down: its top is level and its bottom is not.
        findings: what is wrong with its place.
    """

    layer: int
    thickness_um: Floats
    bottom_um: float
    plane_um: float
    gap_um: float
    shift_um: tuple[float, float]
    upside_down: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class AssemblyReading:
    """A print that holds all layers.

    Args:
        file: the mesh.
        tag: what its header says.
        solid: facts about the mesh.
        pitch_um: side of a pixel.
        layers: one for each layer that the header names.
        findings: what is wrong with the print as a whole.
        facts: bodies and trapped volume, plain JSON values.
    """

    file: MeshFile
    tag: AssemblyTag
    solid: Solid
    pitch_um: float
    layers: tuple[LayerOf, ...]
    findings: tuple[Finding, ...]
    facts: dict[str, Any]


def read_assembly(file: MeshFile, tag: AssemblyTag, design: Design) -> AssemblyReading:
    """Parse a print that holds all layers and recover them, without snapping.

    Args:
        file: the mesh; coordinates are taken as µm.
        tag: what its header says.
        design: pixels and heights to look for.

    Raises:
        FileFormatError: the mesh is no print of layers of these pixels, or holds another number of them.
    """
    solid = survey(file)
    if not (solid.size_um > 0).all():
        raise FileFormatError(f"{file.path} has no thickness.", hint="Export the design again.")
    if tag.layers != design.layers:
        raise FileFormatError(
            f"{file.path} names {tag.layers} layers; the design has {design.layers}.",
            hint="Name the design that it was made from.",
        )
    parts = _stack_parts(file, solid, design) if tag.kind == "stack" else _plate_parts(file, solid, design)
    findings, facts = print_findings(solid, [whole for whole, _, _ in parts], design.physical.pitch_um)
    pieces, places = _pieces(parts, tag, file)
    stacked, floor_um = tag.kind == "stack", float(solid.minimum_um[2])
    layers = tuple(_layers(file, pieces, places, design, stacked=stacked, floor_um=floor_um))
    blocked = aperture_findings([window for _, window, _ in parts], design.layers if stacked else 1)
    own = tuple(one.at(file=str(file.path)) for one in (*findings, *blocked))
    return AssemblyReading(file, tag, solid, design.physical.pitch_um, layers, own, facts)


_Part = tuple[Columns, Columns, Lattice]
"""All columns of a stack or a plate, those in its aperture, and the pixels of the aperture."""

_Pieces = list[tuple[Floats, Floats]]
"""Bottom and top of each layer, [y, x] each; NaN where a column does not hold as many as there are."""

_BAND_UM = 1e-3
"""A relief begins this much above its base: the corners of the base itself say nothing of it."""


def _stack_parts(file: MeshFile, solid: Solid, design: Design) -> list[_Part]:
    return [_part(file, solid, stack_box(solid), design)]


def _plate_parts(file: MeshFile, solid: Solid, design: Design) -> list[_Part]:
    boxes = plate_boxes(file, solid)
    if len(boxes) != design.layers:
        raise FileFormatError(
            f"{file.path} holds {len(boxes)} plates; the design has {design.layers} layers.",
            hint="Export the design again.",
        )
    return [_part(file, solid, box, design) for box in boxes]


def _part(file: MeshFile, solid: Solid, box_um: Floats, design: Design) -> _Part:
    lattice, (rows, columns) = lattice_over(box_um, design.pixels, design.physical.pitch_um, file.path)
    whole = read_columns(file, lattice, outward=solid.outward)
    pitch_um = lattice.pitch_x_um
    corner = lattice.corner_um[0] + columns.start * pitch_um, lattice.corner_um[1] + rows.start * pitch_um
    return whole, whole.window(rows, columns), Lattice(design.pixels, corner, pitch_um, pitch_um)


def _pieces(parts: list[_Part], tag: AssemblyTag, file: MeshFile) -> tuple[_Pieces, list[Lattice]]:
    """Every layer, and the pixels it lies on."""
    expected = 1 if tag.kind == "plates" else tag.layers
    pieces: _Pieces = []
    places = []
    for _, window, lattice in parts:
        good = (window.count == expected) & ~window.broken
        if not good.any():
            raise FileFormatError(
                f"{file.path} has {int(np.median(window.count))} pieces above each other in its aperture; "
                f"{expected} are expected.",
                hint="Layers are missing or joined; export the design again.",
            )
        for layer in range(expected):
            ends = window.bottom_um[layer], window.top_um[layer]
            pieces.append((np.where(good, ends[0], np.nan), np.where(good, ends[1], np.nan)))
            places.append(lattice)
    return pieces, places


def _layers(
    file: MeshFile, pieces: _Pieces, places: list[Lattice], design: Design, *, stacked: bool, floor_um: float
) -> Iterator[LayerOf]:
    heights_um = design.height_um()
    bottoms_um = [float(np.nanmedian(bottom)) - floor_um for bottom, _ in pieces]
    bases_um = [_base(top - bottom, heights_um, layer) for layer, (bottom, top) in enumerate(pieces)]
    planes_um = [bottom + base for bottom, base in zip(bottoms_um, bases_um, strict=True)]
    bands_um = [
        [plane + floor_um + _BAND_UM, float(np.nanmax(top))]
        for plane, (_, top) in zip(planes_um, pieces, strict=True)
    ]
    phase = CornerPhase(np.array(bands_um), places)
    phase.add(file)
    for layer, (bottom, top) in enumerate(pieces):
        gap_um = bottoms_um[layer] - (planes_um[layer - 1] if layer and stacked else 0.0)
        dy, dx = whole_shift(top - bottom, heights_um[layer])
        u, v = phase.fraction(layer)
        shift_um = (dx + u) * places[layer].pitch_x_um, (dy + v) * places[layer].pitch_y_um
        yield LayerOf(
            layer=layer,
            thickness_um=top - bottom,
            bottom_um=bottoms_um[layer],
            plane_um=planes_um[layer],
            gap_um=gap_um,
            shift_um=shift_um,
            upside_down=bool(np.nanmax(top) == np.nanmin(top) and np.nanmax(bottom) > np.nanmin(bottom)),
            findings=tuple(layer_findings(design, layer, gap_um if stacked else None, shift_um, bottom)),
        )


def _base(seen_um: Floats, heights_um: Floats, layer: int) -> float:
    """Thickness of the base: what remains of the thickness when the relief that it shows is taken off."""
    match = best_match(seen_um, heights_um, layer)
    if not match.found or match.orientation != AS_DESIGNED:
        return float(np.nanmin(seen_um)) - float(heights_um[layer].min())
    return float(np.nanmedian(seen_um - heights_um[match.layer]))
