"""GDSII by grey level: the number of the layer is the grey value, pixels are merged into rectangles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

import numpy as np

from fabdesign.export.grey.compose import Page
from fabdesign.export.grey.exporter import GreyExporter
from fabdesign.export.grey.images import dose_bits
from fabdesign.export.grey.options import GreyOptions, parse_dose_options
from fabdesign.export.grey.rectangles import value_rectangles
from fabdesign.export.masks.names import check_name, layer_name
from fabdesign.export.masks.placement import UNIT_PM, PixelPlacement, place_pixels
from fabdesign.formats.drawing import Drawing, Rectangles
from fabdesign.formats.gdsii import write_gdsii_stream
from fabdesign.formats.raster import Kind

_PM_PER_NM = 1000


class GreyLayersExporter(GreyExporter):
    """One GDSII file per optical layer; every pixel, black too, lies on the layer of its grey alone."""

    name = "gds-grey"
    summary = "GDSII whose layer number is the grey value, through a contrast curve, one file per layer"
    suffix = "gds"
    tail = "-grey"
    kind: Kind = "grey-layers"

    def parse(self, options: Mapping[str, object]) -> GreyOptions:
        """Check options."""
        return parse_dose_options(options)

    def bits(self, options: GreyOptions) -> int:
        """As many as the process has, at most eight."""
        return dose_bits(options)

    def draw(self, stream: IO[bytes], page: Page) -> None:
        """Write one layer's drawing; its library and cell carry the design's hash."""
        relief, options = page.relief, page.options
        name = check_name(layer_name(relief.content_hash, page.record.layer), options.profile)
        placement = place_pixels(relief.pixels, relief.pitch_pm, unit_pm=UNIT_PM, grid_pm=_grid_pm(options))
        write_gdsii_stream(stream, Drawing(name, name, placement.unit_um, _shapes(page, placement)))


def _shapes(page: Page, placement: PixelPlacement) -> Iterator[Rectangles]:
    values = page.grey.value_of_level.astype(np.uint8)[page.relief.levels[page.record.layer]]
    for value, corners in value_rectangles(values):
        yield Rectangles(value, 0, placement.place(corners))


def _grid_pm(options: GreyOptions) -> int:
    grid = options.profile.lateral.grid_nm if options.profile is not None else None
    return UNIT_PM if grid is None else max(UNIT_PM, round(grid.value * _PM_PER_NM))
