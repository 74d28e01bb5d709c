"""One mask file on a design's pixels: what masks draw, the heights that follow, what does not belong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.geometry import pixel_places
from fabdesign.check.masks.decode import heights_um
from fabdesign.check.masks.fmark import orientation_of_f
from fabdesign.check.masks.pixels import Canvas, Grid
from fabdesign.check.masks.plan import MaskPlan, tag_of_notes
from fabdesign.check.orientation import AS_DESIGNED
from fabdesign.check.readers.reading import PlainReading
from fabdesign.design import Design
from fabdesign.formats.drawing import Contents, Key

_DATA, _MARKS = 0, 1
_OPTIC: Key = (10, 1)
_NOT_WRITTEN = (10, 11, 12, 13, 14, 127)
_LABELS = 12
_SQUARE = 1e-3
_LEAST_UM = 2e-5
_MOST_PIXELS = 1 << 26
_EXPORT_AGAIN = "Export the design again and send that file unchanged."

Box = NDArray[np.float64]


def read_masks(
    contents: Contents,
    plan: MaskPlan,
    design: Design,
    layer: int,
    *,
    format: str,
    paths: tuple[Path, ...],
    edge_shift_um: float = 0.0,
) -> PlainReading:
    """Turn the masks of one file into heights on a design's pixels.

    Args:
        contents: what the file holds.
        plan: how its masks make heights.
        design: the design, for the number of pixels and the height of the lowest level.
        layer: which layer it is compared with.
        format: name of the format.
        paths: the file, and the table if there is one.
        edge_shift_um: how far compensation has moved every edge; they count as on the border.
    """
    box = _optic_box(contents, plan, design)
    grid = _grid(box, design.pixels)
    moved = abs(edge_shift_um) / contents.unit_um
    canvases = {mask.layer: _draw(contents, (mask.layer, _DATA), grid, moved) for mask in plan.masks}
    counts = {at: canvas.count for at, canvas in canvases.items()}
    table_um = design.height_of_level_um[layer]
    above_um = heights_um({at: count > 0 for at, count in counts.items()}, plan, table_um)
    unit_um = contents.unit_um
    middle = (box[:2] + box[2:]) / 2 * unit_um
    found = (
        *_shapes(plan, canvases, unit_um),
        *_beside_the_optic(contents, plan, box),
        *_unspelled(above_um, grid, unit_um),
    )
    return PlainReading(
        format=format,
        paths=paths,
        tag=tag_of_notes(contents.notes),
        thickness_um=above_um + table_um[0],
        pixel_um=(grid.width * unit_um, grid.depth * unit_um),
        rounding_um=max(_LEAST_UM, plan.rounding_um),
        rounding_source=f"depths in {plan.source}",
        origin_um=(float(middle[0]), float(middle[1]), 0.0),
        facts=_facts(contents, plan, counts, grid),
        findings=tuple(finding.at(file=str(paths[0])) for finding in found),
    )


def _optic_box(contents: Contents, plan: MaskPlan, design: Design) -> Box:
    """The optic's outline as drawn; without one, the box that the design's pixels should have."""
    outline = contents.rectangles.get(_OPTIC)
    if outline is not None and len(outline) == 1:
        box: NDArray[np.float64] = outline[0].astype(np.float64)
        return box
    ny, nx = design.pixels
    half = np.array([nx, ny]) * design.physical.pitch_um / contents.unit_um / 2
    return np.concatenate([-half, half])


def _grid(box: Box, pixels: tuple[int, int]) -> Grid:
    """The design's pixels over the optic; a box turned by a quarter gets turned numbers."""
    width, depth = float(box[2] - box[0]), float(box[3] - box[1])
    ny, nx = pixels
    if abs(width / nx * ny / depth - 1) > _SQUARE and abs(width / ny * nx / depth - 1) <= _SQUARE:
        ny, nx = nx, ny
    return Grid((ny, nx), float(box[0]), float(box[1]), width / nx, depth / ny)


def _draw(contents: Contents, key: Key, grid: Grid, moved: float) -> Canvas:
    canvas = Canvas(grid, moved)
    rectangles = contents.rectangles.get(key)
    if rectangles is not None:
        canvas.add_rectangles(rectangles)
    canvas.add_polygons(contents.polygons.get(key, []))
    return canvas


def _shapes(plan: MaskPlan, canvases: dict[int, Canvas], unit_um: float) -> Iterator[Finding]:
    for mask in plan.masks:
        canvas = canvases[mask.layer]
        grid, count = canvas.grid, canvas.count
        where = f"Mask {mask.name} (layer {mask.layer}/{_DATA})"
        for rule, number, what in (
            (
                "masks.off-grid",
                canvas.off,
                "shapes with corners between pixels or slanted sides",
            ),
            ("masks.outside", canvas.outside, "shapes that leave the optic"),
        ):
            if number:
                yield error(rule, f"{where} has {number} {what}.", count=number, hint=_EXPORT_AGAIN)
        twice = (count != 0) & (count != 1)
        if twice.any():
            number = int(np.count_nonzero(twice))
            yield error(
                "masks.overlap",
                f"{where} draws {number} pixels more than once.",
                count=number,
                places=pixel_places(twice, grid.width * unit_um, grid.depth * unit_um),
                hint="Overlapping shapes are exposed twice. " + _EXPORT_AGAIN,
            )


def _beside_the_optic(contents: Contents, plan: MaskPlan, box: Box) -> Iterator[Finding]:
    own = {mask.layer for mask in plan.masks}
    keys = contents.rectangles.keys() | contents.polygons.keys()
    extra = sorted(key for key in keys if key[0] not in own and key[0] not in _NOT_WRITTEN)
    if extra:
        names = ", ".join(f"{layer}/{datatype}" for layer, datatype in extra[:5])
        yield error(
            "masks.extra",
            f"The file draws on {names}, which are no masks of its table.",
            count=len(extra),
            hint="A shop would ask what they are. " + _EXPORT_AGAIN,
        )
    over = sum(_reach_into(contents, key, box) for key in keys if key[0] in own and key[1] != _DATA)
    if over:
        yield error(
            "masks.mark-on-optic", f"{over} marks lie over the optic.", count=over, hint=_EXPORT_AGAIN
        )
    orientation = orientation_of_f(
        corners for (at, _), corners in contents.rectangles.items() if at == _LABELS
    )
    if orientation not in (None, AS_DESIGNED):
        yield warning(
            "orientation.f-mark",
            f"The F beside the optic is {orientation}, seen from the relief side.",
            hint="The whole drawing was turned, or the marks alone. " + _EXPORT_AGAIN,
        )
    if tag := tag_of_notes(contents.notes):
        wanted = f"FD_{tag.hash_prefix[:24]}_L{tag.layer:02d}"
        if contents.cell != wanted:
            yield warning(
                "chain.cell",
                f'The cell is called "{contents.cell[:40]}"; {wanted} was written.',
                hint="Another program has renamed it.",
            )


def _reach_into(contents: Contents, key: Key, box: Box) -> int:
    """How many shapes of a layer reach into a box."""
    boxes = [contents.rectangles.get(key, np.empty((0, 4), np.int32))]
    for points in contents.polygons.get(key, []):
        boxes.append(np.concatenate([points.min(axis=0), points.max(axis=0)])[None])
    corners = np.concatenate(boxes)
    inside = (corners[:, :2] < box[2:]).all(axis=1) & (corners[:, 2:] > box[:2]).all(axis=1)
    return int(np.count_nonzero(inside))


def _unspelled(above_um: NDArray[np.float64], grid: Grid, unit_um: float) -> Iterator[Finding]:
    nothing = np.isnan(above_um)
    count = int(np.count_nonzero(nothing))
    if count:
        yield error(
            "masks.no-level",
            f"{count} of {nothing.size} pixels are drawn by masks that together spell no level.",
            count=count,
            places=pixel_places(nothing, grid.width * unit_um, grid.depth * unit_um),
            hint=_EXPORT_AGAIN,
        )


def _facts(
    contents: Contents, plan: MaskPlan, counts: dict[int, NDArray[np.int32]], grid: Grid
) -> dict[str, object]:
    pixel_um2 = grid.width * grid.depth * contents.unit_um**2
    return {
        "cell": contents.cell,
        "coding": plan.coding,
        "tone": plan.tone,
        "plan_from": plan.source,
        "masks": [
            {
                "mask": mask.name,
                "layer": mask.layer,
                "depth_nm": None if mask.depth_um is None else mask.depth_um * 1e3,
                "polygons": _polygons(contents, (mask.layer, _DATA)),
                "area_um2": float(np.count_nonzero(counts[mask.layer])) * pixel_um2,
            }
            for mask in plan.masks
        ],
    }


def _polygons(contents: Contents, key: Key) -> int:
    return len(contents.rectangles.get(key, ())) + len(contents.polygons.get(key, ()))
