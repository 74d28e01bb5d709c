"""Interferometer meshes as masks: waveguides, couplers, heaters, wires and pads, on a process's grid."""

from fabdesign.export.circuit.exporter import CHIP_FORMATS, DEFAULT_PROCESS, export_chip

__all__ = ["CHIP_FORMATS", "DEFAULT_PROCESS", "export_chip"]
