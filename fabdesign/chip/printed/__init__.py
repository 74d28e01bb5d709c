"""Prints of a diffractive stack as instruments: a tunable element, a camera, and what can be mended."""

from fabdesign.chip.printed.element import ZonePlate
from fabdesign.chip.printed.errors import PrintErrors
from fabdesign.chip.printed.identify import Identified, identify
from fabdesign.chip.printed.made import DEFAULT_ERRORS, draw_aberration, draw_print, printed_stack
from fabdesign.chip.printed.objective import TaskObjective, examples_of
from fabdesign.chip.printed.recentre import recentre
from fabdesign.chip.printed.redesign import Redesign, redesign
from fabdesign.chip.printed.settings import LEARNER_OPTIONS
from fabdesign.chip.printed.stack import SimulatedStack, Windows
from fabdesign.chip.printed.twin import StackTwin
from fabdesign.chip.printed.zernike import wavefronts

__all__ = [
    "DEFAULT_ERRORS",
    "LEARNER_OPTIONS",
    "Identified",
    "PrintErrors",
    "Redesign",
    "SimulatedStack",
    "StackTwin",
    "TaskObjective",
    "Windows",
    "ZonePlate",
    "draw_aberration",
    "draw_print",
    "examples_of",
    "identify",
    "printed_stack",
    "recentre",
    "redesign",
    "wavefronts",
]
