"""Interferometer meshes on a chip, and learning on the device that was made."""

from fabdesign.chip.angles import power_rad, wrap
from fabdesign.chip.calibration import Calibrated, Plan, calibrate
from fabdesign.chip.calibration_file import CalibrationFile, load_calibration, save_calibration
from fabdesign.chip.crosstalk import Crosstalk, adjacent_crosstalk, heater_crosstalk
from fabdesign.chip.design import MeshDesign, choose_active, design_mesh, limit_singular_values
from fabdesign.chip.instrument import Instrument, InstrumentError, InstrumentLost, InstrumentTimeout
from fabdesign.chip.layout import MeshLayout, mesh_layout
from fabdesign.chip.learners import learner_names
from fabdesign.chip.loss import Examples, accuracy, cross_entropy
from fabdesign.chip.physical import MeshPhysical
from fabdesign.chip.progress import Checked
from fabdesign.chip.rotations import decompose_rotations, reconstruct_rotations, regauge
from fabdesign.chip.simulated import SimulatedChip
from fabdesign.chip.store import load_mesh, save_mesh
from fabdesign.chip.twin import Twin
from fabdesign.chip.unitary import UnitaryPhases, decompose_unitary, reconstruct_unitary
from fabdesign.chip.variation import NO_ERRORS, ErrorModel

__all__ = [
    "NO_ERRORS",
    "Calibrated",
    "CalibrationFile",
    "Checked",
    "Crosstalk",
    "ErrorModel",
    "Examples",
    "Instrument",
    "InstrumentError",
    "InstrumentLost",
    "InstrumentTimeout",
    "MeshDesign",
    "MeshLayout",
    "MeshPhysical",
    "Plan",
    "SimulatedChip",
    "Twin",
    "UnitaryPhases",
    "accuracy",
    "adjacent_crosstalk",
    "calibrate",
    "choose_active",
    "cross_entropy",
    "decompose_rotations",
    "decompose_unitary",
    "design_mesh",
    "heater_crosstalk",
    "learner_names",
    "limit_singular_values",
    "load_calibration",
    "load_mesh",
    "mesh_layout",
    "power_rad",
    "reconstruct_rotations",
    "reconstruct_unitary",
    "regauge",
    "save_calibration",
    "save_mesh",
    "wrap",
]
