"""TIFF: 16-bit height maps with their scale beside and inside them."""

from fabdesign.export.grey.images import HeightMapExporter
from fabdesign.formats.raster import write_tiff16

EXPORTER = HeightMapExporter(
    "tiff16", "16-bit TIFF height maps with a JSON of their scale", "tif", write_tiff16
)
