"""One optical layer as a drawing: notes, masks and marks, made while they are written, to save memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fabdesign.export.masks.layer_table import MaskRow, describe_mask
from fabdesign.export.masks.marks import Kind
from fabdesign.export.masks.merge import merged_polygons
from fabdesign.export.masks.names import check_name, layer_name
from fabdesign.export.masks.options import MaskOptions
from fabdesign.export.masks.placement import PixelPlacement, place_pixels
from fabdesign.export.masks.sheet import Sheet, arrange_sheet
from fabdesign.formats.drawing import Drawing, Note, Polygon, Rectangles, Shape
from fabdesign.process.codings import Mask, MaskSet, make_mask_set
from fabdesign.relief import Relief
from fabdesign.relief.glyphs import printable
from fabdesign.relief.moved_walls import moved_cells
from fabdesign.relief.rectangles import merged_rectangles
from fabdesign.relief.relief import PM_PER_UM

DATA, MARKS = 0, 1
"""Datatypes of a mask's layer: the optic, and the marks that are exposed with it."""

OUTLINE_LAYER, NOTE_LAYER = 10, 127
KIND_LAYERS: dict[Kind, int] = {"align": 11, "label": 12, "dice": 13, "test": 14}
"""Layers that repeat the marks by kind, datatype = mask, so that a shop can move or drop them."""

_LABEL_CHARACTERS = 28


@dataclass(frozen=True, eq=False)
class LayerMasks:
    """The masks of one optical layer, ready to be written.

    `rows` fills while `shapes` is consumed: each mask is measured when its pixels are at hand.
    """

    relief: Relief
    layer: int
    options: MaskOptions
    masks: MaskSet
    placement: PixelPlacement
    sheet: Sheet | None
    file: str
    rows: list[MaskRow] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the library and of the top cell."""
        return check_name(layer_name(self.relief.content_hash, self.layer), self.options.profile)

    @property
    def box_um(self) -> dict[str, list[float]]:
        """The box of everything that is drawn: the die, or the optic where there are no marks."""
        box = self.placement.box if self.sheet is None else self.sheet.die
        corners = [round(float(at) * self.placement.unit_um, 6) for at in box]
        return {"minimum": corners[:2], "maximum": corners[2:]}

    def drawing(self) -> Drawing:
        """The drawing; its shapes can be consumed once."""
        return Drawing(self.name, self.name, self.placement.unit_um, self.shapes())

    def shapes(self) -> Iterator[Shape]:
        """Notes, outlines, then each mask's optic and its marks, then the marks by kind."""
        yield from self._notes()
        yield from self._outlines()
        for at, (mask, pixels) in enumerate(self.masks.encode(self.relief.levels[self.layer])):
            yield from self._optic(mask, pixels)
            if self.sheet is not None:
                yield from _marks_of_mask(self.sheet, at, mask)

    def _optic(self, mask: Mask, pixels: NDArray[np.bool_]) -> Iterator[Shape]:
        corners = self._corners(pixels)
        count, drawn_um2 = len(corners), self._area_um2(corners)
        if self.options.merged:
            polygons = merged_polygons(corners, self.options.max_vertices)
            count = len(polygons)
            yield from (Polygon(mask.layer, DATA, points) for points in polygons)
        else:
            yield Rectangles(mask.layer, DATA, corners)
        self.rows.append(self._describe(mask, pixels, count, drawn_um2))

    def _corners(self, pixels: NDArray[np.bool_]) -> NDArray[np.int32]:
        shift_pm = self.relief.edge_shift_pm
        if not shift_pm:
            return self.placement.place(merged_rectangles(pixels))
        shift = self.placement.shift_units(shift_pm)
        return self.placement.place_moved(merged_rectangles(moved_cells(pixels, shift)), shift)

    def _area_um2(self, corners: NDArray[np.int32]) -> float | None:
        """Drawn area where walls are moved; None where it is that of the pixels."""
        if not self.relief.edge_shift_pm:
            return None
        x0, y0, x1, y1 = corners.astype(np.float64).T
        return float(((x1 - x0) * (y1 - y0)).sum()) * self.placement.unit_um**2

    def _describe(
        self, mask: Mask, pixels: NDArray[np.bool_], polygons: int, drawn_um2: float | None
    ) -> MaskRow:
        return describe_mask(
            pixels,
            polygons,
            mask,
            self.masks,
            file=self.file,
            optical_layer=self.layer,
            pitch_um=self.relief.pitch_um,
            moved_um=2 * self.relief.edge_shift_pm / PM_PER_UM,
            drawn_um2=drawn_um2,
            polygon_tone=self.options.polygon_tone,
            profile=self.options.profile,
        )

    def _notes(self) -> Iterator[Note]:
        if self.options.profile is not None and self.options.profile.limits.text == "refused":
            return
        relief, masks = self.relief, self.masks
        lines = [
            f"fabdesign {relief.content_hash} layer {self.layer:02d}/{relief.layers:02d}",
            f"{masks.coding} coding, {masks.tone} tone, {masks.levels} levels, "
            f"{relief.pixels[1]} x {relief.pixels[0]} pixels of {relief.pitch_pm / 1e3:.10g} nm",
        ]
        lines += [_depth_note(mask, masks) for mask in masks.masks]
        x0, y0, _, _ = self.placement.box if self.sheet is None else self.sheet.die
        step = max(1, self.placement.pitch)
        yield from (Note(NOTE_LAYER, 0, line, x0, y0 - at * step) for at, line in enumerate(lines, start=1))

    def _outlines(self) -> Iterator[Rectangles]:
        yield Rectangles(OUTLINE_LAYER, 1, np.array([self.placement.box]))
        if self.sheet is not None:
            yield Rectangles(OUTLINE_LAYER, 0, np.array([self.sheet.die]))

    def layer_names(self) -> list[tuple[int, int, str, bool]]:
        """Layer, datatype, name and first visibility of everything in the drawing, for `lyp`."""
        names = [
            (OUTLINE_LAYER, 1, "outline of the optic, not written", True),
            (NOTE_LAYER, 0, "notes", True),
        ]
        if self.sheet is not None:
            names.insert(0, (OUTLINE_LAYER, 0, "outline of the die, not written", True))
        for at, mask in enumerate(self.masks.masks):
            names.append((mask.layer, DATA, f"{mask.name} optic{_depth_words(mask)}", True))
            kinds = sorted({mark.kind for mark in self.sheet.marks if mark.mask == at}) if self.sheet else []
            names += [(mask.layer, MARKS, f"{mask.name} marks, written with it", True)] if kinds else []
            names += [
                (KIND_LAYERS[kind], at + 1, f"{kind} marks of {mask.name}, copy", False) for kind in kinds
            ]
        return names


def plan_layer(relief: Relief, layer: int, options: MaskOptions, file: str) -> LayerMasks:
    """Choose masks, place pixels and lay the marks of one optical layer; nothing is written yet.

    Args:
        relief: the relief.
        layer: index of the optical layer.
        options: checked settings.
        file: name of the file, for the layer table.

    Raises:
        ConfigError: coding, grid, range, names or marks don't fit the design; the message says how.
    """
    masks = make_mask_set(relief.height_of_level_pm[layer], options.coding, options.tone)
    placement = place_pixels(relief.pixels, relief.pitch_pm, unit_pm=options.unit_pm, grid_pm=options.grid_pm)
    sheet = None
    if options.marks:
        sheet = arrange_sheet(placement, masks, _label_lines(relief, layer), smallest_um=options.smallest_um)
    planned = LayerMasks(relief, layer, options, masks, placement, sheet, file)
    check_name(planned.name, options.profile)
    return planned


def _label_lines(relief: Relief, layer: int) -> list[str]:
    return [
        printable(relief.name[:_LABEL_CHARACTERS]),
        relief.content_hash[:16].upper(),
        f"LAYER {layer:02d}/{relief.layers:02d}",
    ]


def _marks_of_mask(sheet: Sheet, at: int, mask: Mask) -> Iterator[Rectangles]:
    own = [mark for mark in sheet.marks if mark.mask == at]
    if own:
        yield Rectangles(mask.layer, MARKS, np.concatenate([mark.corners for mark in own]))
    for kind, layer in KIND_LAYERS.items():
        some = [mark.corners for mark in own if mark.kind == kind]
        if some:
            yield Rectangles(layer, at + 1, np.concatenate(some))


def _depth_words(mask: Mask) -> str:
    return "" if mask.depth_pm is None else f", {mask.depth_pm / 1e3:g} nm"


def _depth_note(mask: Mask, masks: MaskSet) -> str:
    change = "etched" if masks.tone == "etch" else "added"
    return f"{mask.name} on layer {mask.layer}/{DATA}{_depth_words(mask)}" + (
        f" {change}" if mask.depth_pm is not None else ""
    )
