"""Dose planes as one-bit BMP: eight exposures of doubling dose."""

from fabdesign.export.grey.planes import DosePlanesExporter

EXPORTER = DosePlanesExporter(
    "dose-planes", "one-bit BMP for each of eight doubling exposures, per layer", "BMP"
)
