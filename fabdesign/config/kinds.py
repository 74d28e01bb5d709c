"""What each kind of task needs, and what belongs to another kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fabdesign.units import format_length

if TYPE_CHECKING:
    from fabdesign.config.models import Project

LOSSES = {
    "classify": ("cross-entropy", "mse"),
    "phase-imaging": ("berhu", "mse", "ssim"),
    "beam-shaping": ("mse",),
}
"""What the optimiser may lower for each kind of task, the default first."""

_NEEDED = {"classify": ("detector_size", "detector_pitch")}
_ONLY_FOR = {
    "detector_size": "classify",
    "detector_pitch": "classify",
    "target": "beam-shaping",
    "spots": "beam-shaping",
    "spot_pitch": "beam-shaping",
}
_LENGTHS = {"detector_size", "detector_pitch", "spot_pitch"}


def loss_of(project: Project) -> str:
    """The loss that a project asks for, or that of its kind of task."""
    return project.train.loss or LOSSES[project.task.kind][0]


def kind_findings(project: Project) -> list[str]:
    """Sentences on settings that the kind of task lacks or does not know; empty when all is well."""
    return [*_settings(project), *_values(project), *_moves(project), *_losses(project), *_target(project)]


def _settings(project: Project) -> Iterator[str]:
    kind = project.task.kind
    for key, owner in _ONLY_FOR.items():
        given = getattr(project.task, f"{key}_um" if key in _LENGTHS else key) is not None
        if key in _NEEDED.get(kind, ()) and not given:
            field = type(project.task).model_fields[f"{key}_um"]
            yield f"task.{key} is missing: {field.description}."
        if given and owner != kind:
            yield f'task.{key} belongs to kind = "{owner}"; the kind is "{kind}".'


def _values(project: Project) -> Iterator[str]:
    kind = project.task.kind
    if project.train.polish and project.optics.model != "thin":
        yield f'train.polish needs optics.model = "thin"; got "{project.optics.model}".'
    if project.train.polish and project.train.robust:
        yield "train.polish must be 0 with train.robust: it moves pixels for the device as designed."
    if project.train.coarse and project.optics.model != "thin":
        yield f'train.coarse needs optics.model = "thin"; got "{project.optics.model}".'
    if project.train.coarse and project.train.robust:
        yield "train.coarse must be 0 with train.robust: prints are blurred on grids finer than a pixel."
    if kind == "phase-imaging" and project.task.encoder != "phase":
        yield 'task.encoder must be "phase" for phase-imaging; got "amplitude".'
    if kind != "classify" and project.task.readout != "argmax":
        yield f'task.readout belongs to kind = "classify"; the kind is "{kind}".'
    if kind != "phase-imaging" and project.task.gain != 1.0:
        yield f'task.gain belongs to kind = "phase-imaging"; the kind is "{kind}".'


def _moves(project: Project) -> Iterator[str]:
    train = project.train
    moves = {"shift": train.shift, "turn": train.turn_rad, "stretch": train.stretch}
    given = [name for name, most in moves.items() if most]
    if project.task.kind == "beam-shaping":
        for name in given:
            yield f"train.{name} must be 0 for beam-shaping: there are no training images to move."
        if train.augment_until != 1:
            yield "train.augment_until must be 1 for beam-shaping: there are no training images to move."
    elif train.augment_until != 1 and not given:
        yield (
            f"train.augment_until = {train.augment_until:g} needs train.shift, train.turn or train.stretch; "
            "all of them are 0."
        )


def _losses(project: Project) -> Iterator[str]:
    kind, loss = project.task.kind, project.train.loss
    if loss is not None and loss not in LOSSES[kind]:
        yield f'train.loss must be one of {", ".join(LOSSES[kind])} for kind = "{kind}"; got "{loss}".'
    for name in ("label_smoothing", "soft_labels"):
        if getattr(project.train, name) and loss_of(project) != "cross-entropy":
            yield f'train.{name} needs loss = "cross-entropy"; the loss is "{loss_of(project)}".'
    if kind == "phase-imaging" and project.train.efficiency_weight:
        yield "train.efficiency_weight must be 0 for phase-imaging: its intensities are absolute."


def _target(project: Project) -> Iterator[str]:
    task = project.task
    if task.kind != "beam-shaping":
        return
    if (task.target is None) == (task.spots is None):
        yield "beam-shaping needs either task.target, a picture, or task.spots; set one of them."
    if (task.spots is None) != (task.spot_pitch_um is None):
        yield "task.spots and task.spot_pitch belong together; set both or none."
    if task.spot_pitch_um is not None:
        side_um = task.output_pixel_um or project.optics.pitch_um
        ratio = task.spot_pitch_um / side_um
        if abs(ratio - round(ratio)) > 1e-6 or round(ratio) < 1:
            yield (
                f"task.spot_pitch must be a whole multiple of task.output_pixel ({format_length(side_um)});"
                f" got {format_length(task.spot_pitch_um)}."
            )
