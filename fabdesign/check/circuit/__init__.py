"""Reading the masks of meshes back: from polygons to waveguides, couplers, heaters and a matrix."""

from fabdesign.check.circuit.check import check_chips
from fabdesign.check.circuit.files import is_chip_file
from fabdesign.check.circuit.result import ChipCheck, ChipResult

__all__ = ["ChipCheck", "ChipResult", "check_chips", "is_chip_file"]
