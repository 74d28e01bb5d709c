"""GDSII: one file per optical layer, its masks on layers of their own."""

from fabdesign.export.masks.exporter import MaskExporter
from fabdesign.formats.gdsii import write_gdsii_stream

EXPORTER = MaskExporter("gds", "GDSII mask sets, one file per layer", "gds", write_gdsii_stream)
