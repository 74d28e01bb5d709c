"""nano: projects for Nanoscribe's nanoPrintX."""

from fabdesign.export.nano.exporter import NanoExporter

EXPORTER = NanoExporter()
