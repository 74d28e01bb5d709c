"""The artefact that everything else makes, reads or proves: a design, its file and its hash."""

from fabdesign.design.design import Design
from fabdesign.design.physical import (
    Detector,
    Encoder,
    GaussianSource,
    Optical,
    PairsReadout,
    PhaseImageReadout,
    Physical,
    PlaneSource,
    Readout,
    Slab,
    TargetImageReadout,
    parse_physical,
)
from fabdesign.design.store import load_design, save_design

__all__ = [
    "Design",
    "Detector",
    "Encoder",
    "GaussianSource",
    "Optical",
    "PairsReadout",
    "PhaseImageReadout",
    "Physical",
    "PlaneSource",
    "Readout",
    "Slab",
    "TargetImageReadout",
    "load_design",
    "parse_physical",
    "save_design",
]
