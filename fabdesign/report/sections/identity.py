"""Which design, made how, judged with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fabdesign.report.blocks import Cell, Facts, Section, code, length, text
from fabdesign.report.subject import Subject

Row = tuple[str, Cell]


def identity(subject: Subject) -> Section:
    """Design hash, versions, process and its hash, seeds, data, model and its validity."""
    rows = [*_design(subject), *_process(subject), *_data(subject), *_model(subject)]
    return Section("identity", "What this is", [Facts(rows)])


def _design(subject: Subject) -> Iterator[Row]:
    design, physical = subject.design, subject.design.physical
    ny, nx = design.pixels
    pitch = physical.pitch_um
    yield "design", code(design.content_hash)
    yield (
        "device",
        text(
            f"{design.layers} layers of {nx} × {ny} pixels of {length(pitch)} "
            f"({nx * pitch:g} × {ny * pitch:g} µm), {design.height_of_level_um.shape[1]} levels, "
            f"relief up to {1000 * subject.design.height_um().max():.5g} nm"
        ),
    )
    yield (
        "light",
        text(
            f"{length(physical.wavelength_um)} in vacuum, {physical.material.name} "
            f"(n = {physical.material.index:.5f}) in {physical.medium.name} (n = {physical.medium.index:.5f})"
        ),
    )
    made = design.provenance
    if made:
        yield "made by", text(_made_by(made))
    yield "reported by", text(f"fabdesign {subject.version}")


def _made_by(made: Mapping[str, Any]) -> str:
    environment = made.get("environment")
    versions = environment if isinstance(environment, Mapping) else {}
    parts = [str(made.get("made_by", "unknown"))]
    parts += [f"commit {_short(made['commit'])}"] if isinstance(made.get("commit"), str) else []
    parts += [f"{name} {versions[name]}" for name in ("python", "torch", "numpy") if name in versions]
    parts += [f"seed {made['seed']}"] if "seed" in made else []
    return ", ".join(parts)


def _short(commit: str) -> str:
    """A commit's first digits, and whether files differed from it."""
    digits, dash, state = commit.partition("-")
    return digits[:12] + dash + state


def _process(subject: Subject) -> Iterator[Row]:
    profile = subject.profile
    if profile is None:
        yield (
            "process",
            text(f"{subject.design.physical.process}; its numbers are not known here", "doubtful"),
        )
        return
    yield "process", text(f"{profile.name}, version {profile.header.version}")
    yield "hash of the process", code(subject.profile_hash)
    if profile.name != subject.design.physical.process:
        yield "designed for", text(f"another process: {subject.design.physical.process}", "doubtful")


def _data(subject: Subject) -> Iterator[Row]:
    scored = subject.checked.scores.get("file") or subject.design.scores.get("quantised")
    if scored:
        yield (
            "scored on",
            text(
                f"{counted(scored['sample_count'])} of {scored['data']}, "
                f"{scored['samples_per_pixel']} samples per pixel"
            ),
        )
        yield "hash of the examples", code(str(scored["data_hash"]))
    results = subject.results
    if results is not None:
        yield (
            "tolerances on",
            text(
                f"the first {counted(results.examples)} of {results.data}, {results.samples_per_pixel} "
                f"samples per pixel, seed {results.seed}, layers as {results.built}"
            ),
        )
        yield "hash of the plan", code(results.plan)


def counted(examples: int) -> str:
    """How many examples, in words.

    >>> counted(1), counted(50)
    ('1 example', '50 examples')
    """
    return f"{examples} example" if examples == 1 else f"{examples} examples"


def _model(subject: Subject) -> Iterator[Row]:
    model = subject.model
    ratios = (
        f"relief height / pitch {model.height_over_pitch:.2f}, pitch / wavelength "
        f"{model.pitch_over_wavelength:.2f}"
    )
    yield "optical model", text(f"{model.name} layers; {ratios}")
    if model.holds:
        yield "validity", text("within the limits of this model", "good")
    else:
        yield "validity", text("outside the limits of this model; its scores prove nothing here", "bad")
