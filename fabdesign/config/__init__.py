"""What the user wrote: ``fabdesign.toml`` as frozen models, with errors that speak of the file."""

from fabdesign.config.geometry import detector_centres_um, detector_rows
from fabdesign.config.kinds import LOSSES, loss_of
from fabdesign.config.load import (
    CONFIG_NAME,
    LoadedProject,
    builtin_text,
    load_project,
    project_from_text,
    resolved_toml,
)
from fabdesign.config.models import Optics, Process, Project, Quantise, Source, Task, Train, json_schema
from fabdesign.config.overrides import Override, parse_override
from fabdesign.config.starter import starter_text, write_starter
from fabdesign.config.sweep import LoadedSweep, Sweep, SweepMethod, SweepTask, load_sweep

__all__ = [
    "CONFIG_NAME",
    "LOSSES",
    "LoadedProject",
    "LoadedSweep",
    "Optics",
    "Override",
    "Process",
    "Project",
    "Quantise",
    "Source",
    "Sweep",
    "SweepMethod",
    "SweepTask",
    "Task",
    "Train",
    "builtin_text",
    "detector_centres_um",
    "detector_rows",
    "json_schema",
    "load_project",
    "load_sweep",
    "loss_of",
    "parse_override",
    "project_from_text",
    "resolved_toml",
    "starter_text",
    "write_starter",
]
