"""One module per file format, a registry that finds them, and one function that writes a design."""

from fabdesign.export.export import export_design
from fabdesign.export.registry import Exporter, ExportResult, exporters, find_exporter

__all__ = ["ExportResult", "Exporter", "export_design", "exporters", "find_exporter"]
