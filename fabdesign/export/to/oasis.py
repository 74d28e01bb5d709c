"""OASIS: the same mask sets as GDSII in about a fortieth of the bytes."""

from fabdesign.export.masks.exporter import MaskExporter
from fabdesign.formats.oasis import write_oasis_stream

EXPORTER = MaskExporter("oasis", "OASIS mask sets, one file per layer", "oas", write_oasis_stream)
