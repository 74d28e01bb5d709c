"""PNG: 16-bit height maps with their scale beside and inside them."""

from fabdesign.export.grey.images import HeightMapExporter
from fabdesign.formats.raster import write_png16

EXPORTER = HeightMapExporter("png16", "16-bit PNG height maps with a JSON of their scale", "png", write_png16)
