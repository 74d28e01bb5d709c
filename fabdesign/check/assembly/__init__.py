"""Reading layers that were put together back from their bytes: levels, distances, bodies, voids."""

from fabdesign.check.assembly.header import AssemblyTag, parse_assembly
from fabdesign.check.assembly.read import AssemblyReading, LayerOf, read_assembly

__all__ = ["AssemblyReading", "AssemblyTag", "LayerOf", "parse_assembly", "read_assembly"]
