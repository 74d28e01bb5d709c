"""BMP: 8-bit dose maps through a contrast curve."""

from fabdesign.export.grey.images import DoseMapExporter

EXPORTER = DoseMapExporter()
