"""Exporters of grey images: 16-bit height maps and 8-bit dose maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray

from fabdesign.export.grey.compose import Page
from fabdesign.export.grey.exporter import GreyExporter
from fabdesign.export.grey.options import GreyOptions, parse_dose_options, parse_height_options
from fabdesign.formats.raster import Kind, write_bmp8

HEIGHT_BITS = 16
MOST_DOSE_BITS = 8


class WriteImage(Protocol):
    """A function that writes a 16-bit image with its record inside."""

    def __call__(
        self, stream: IO[bytes], image: NDArray[np.uint16], *, text: str, pitch_um: float
    ) -> None: ...


class HeightMapExporter(GreyExporter):
    """16-bit images whose values are in proportion to height."""

    kind: Kind = "height-map"

    def __init__(self, name: str, summary: str, suffix: str, write_image: WriteImage) -> None:
        self.name, self.summary, self.suffix = name, summary, suffix
        self._write_image = write_image

    def parse(self, options: Mapping[str, object]) -> GreyOptions:
        """Check options."""
        return parse_height_options(options)

    def bits(self, options: GreyOptions) -> int:
        """Sixteen, whatever the process."""
        return HEIGHT_BITS

    def draw(self, stream: IO[bytes], page: Page) -> None:
        """Write one layer's image."""
        self._write_image(stream, page.image(), text=page.record.inside(), pitch_um=page.relief.pitch_um)


class DoseMapExporter(GreyExporter):
    """8-bit BMP images whose values are doses, through a contrast curve."""

    name = "bmp8"
    summary = "8-bit BMP dose maps through a contrast curve, one per layer"
    suffix = "bmp"
    kind: Kind = "dose-map"

    def parse(self, options: Mapping[str, object]) -> GreyOptions:
        """Check options."""
        return parse_dose_options(options)

    def bits(self, options: GreyOptions) -> int:
        """As many as the process has, at most eight."""
        return dose_bits(options)

    def draw(self, stream: IO[bytes], page: Page) -> None:
        """Write one layer's image."""
        write_bmp8(stream, page.image().astype(np.uint8), pitch_um=page.relief.pitch_um)


def dose_bits(options: GreyOptions) -> int:
    """Bits of a dose value: those of the process, at most eight; eight where nothing is known."""
    dose = options.profile.dose if options.profile is not None else None
    return MOST_DOSE_BITS if dose is None or dose.bits is None else min(MOST_DOSE_BITS, dose.bits.value)
