"""A run that begins with the layers of another one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fabdesign.config import CONFIG_NAME, load_project, resolved_toml
from fabdesign.design.runs import create_run
from fabdesign.formats.atomic import write_text_atomic
from fabdesign.training import checkpoint as checkpoints
from fabdesign.training.run import ORIGIN_NAME
from fabdesign.training.session import Session


def begin_from(before: Path, project: Path, overrides: Sequence[str], folder: Path) -> Path:
    """Make a run folder at step 0 whose parameters are those that another run ended with.

    Args:
        before: the run folder that ended.
        project: the new run's project file.
        overrides: what to change in it.
        folder: where run folders lie.
    """
    loaded = load_project(project, list(overrides))
    ended = checkpoints.load_checkpoint(before / checkpoints.NAME)
    parameters = {name: array for name, array in ended.arrays.items() if name.startswith("parameter.")}
    first = replace(Session.of(loaded.project).checkpoint(), arrays=parameters)
    run = create_run(folder, loaded.project.name)
    write_text_atomic(run / CONFIG_NAME, resolved_toml(loaded.project))
    origin = {"text": loaded.text, "source": loaded.source, "overrides": list(loaded.overrides)}
    write_text_atomic(run / ORIGIN_NAME, json.dumps(origin, indent=2, ensure_ascii=False) + "\n")
    checkpoints.save_checkpoint(first, run / checkpoints.NAME)
    return run
