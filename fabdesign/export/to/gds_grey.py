"""GDSII by grey level, for writers that take the layer number for the dose."""

from fabdesign.export.grey.layers import GreyLayersExporter

EXPORTER = GreyLayersExporter()
