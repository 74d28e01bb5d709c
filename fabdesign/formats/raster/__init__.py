"""Grey images: their bytes, and the record that says what their values mean."""

from fabdesign.formats.raster.encode import write_bits, write_bmp8, write_png16, write_tiff16
from fabdesign.formats.raster.record import (
    CurveScale,
    Kind,
    LinearScale,
    Optics,
    Plane,
    RasterLevel,
    RasterRecord,
    parse_record,
)

__all__ = [
    "CurveScale",
    "Kind",
    "LinearScale",
    "Optics",
    "Plane",
    "RasterLevel",
    "RasterRecord",
    "parse_record",
    "write_bits",
    "write_bmp8",
    "write_png16",
    "write_tiff16",
]
