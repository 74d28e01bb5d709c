"""Layers put together for one print: a stack that carries itself, or plates on a substrate."""

from fabdesign.relief.assembly.assemble import ASSEMBLIES, OPTIONS, assemble
from fabdesign.relief.assembly.assembled import Assembled
from fabdesign.relief.assembly.plates import make_plates
from fabdesign.relief.assembly.result import Assembly
from fabdesign.relief.assembly.stack import make_stack
from fabdesign.relief.assembly.supports import Supports, choose_supports
from fabdesign.relief.assembly.vertices import AssembledVertices

__all__ = [
    "ASSEMBLIES",
    "OPTIONS",
    "Assembled",
    "AssembledVertices",
    "Assembly",
    "Supports",
    "assemble",
    "choose_supports",
    "make_plates",
    "make_stack",
]
