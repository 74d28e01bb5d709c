"""Dose planes as one-bit PNG: eight exposures of doubling dose."""

from fabdesign.export.grey.planes import DosePlanesExporter

EXPORTER = DosePlanesExporter(
    "dose-planes-png", "one-bit PNG for each of eight doubling exposures, per layer", "PNG"
)
