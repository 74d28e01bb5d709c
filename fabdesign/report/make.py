"""From what is known of a design to the page, and to the same numbers for other programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fabdesign.report.blocks import Section
from fabdesign.report.page import Head, render_page
from fabdesign.report.sections.bench import bench
from fabdesign.report.sections.chain import chain
from fabdesign.report.sections.copies import copies
from fabdesign.report.sections.cuts import cuts
from fabdesign.report.sections.effort import effort
from fabdesign.report.sections.function import function
from fabdesign.report.sections.glance import glance
from fabdesign.report.sections.identity import identity
from fabdesign.report.sections.levels import levels
from fabdesign.report.sections.making import making
from fabdesign.report.sections.measuring import measuring
from fabdesign.report.sections.mesh import mesh_sections
from fabdesign.report.sections.record import record
from fabdesign.report.sections.relief import relief
from fabdesign.report.sections.rules import findings, maps
from fabdesign.report.sections.tolerances import allowed, sensitivity, stages
from fabdesign.report.subject import FileFact, Subject

if TYPE_CHECKING:
    from fabdesign.check import Verification
    from fabdesign.chip import MeshDesign

FORMAT = "fabdesign-report 1.0"
"""Of the numbers inside a page."""
_TONES = {"FAILED": "bad", "verified": "good"}


@dataclass(frozen=True)
class Report:
    """A page and its numbers.

    Attributes:
        html: the page.
        numbers: the same numbers as plain JSON values.
    """

    html: str
    numbers: dict[str, Any]


def make_report(subject: Subject) -> Report:
    """Write the page about a diffractive design.

    Args:
        subject: the design with all that was found out about it.

    Returns:
        The page; equal subjects give equal bytes, with no date inside.
    """
    numbers = _plain(_numbers(subject))
    design = subject.design
    ny, nx = design.pixels
    process = design.physical.process if subject.profile is None else subject.profile.name
    head = Head(
        title=subject.title,
        subtitle=f"{design.layers} layers of {nx} × {ny} pixels for "
        f"{design.physical.wavelength_um * 1000:g} nm, process {process}",
        verdict=_verdict(subject),
        tone=_TONES.get(subject.checked.verdict, ""),
    )
    return Report(render_page(head, list(_sections(subject)), numbers), numbers)


def make_mesh_report(
    title: str, design: MeshDesign, version: str, files: Sequence[FileFact], verification: Verification
) -> Report:
    """Write the page about a network of interferometer meshes.

    Args:
        title: name of the file.
        design: the mesh design.
        version: of the fabdesign that makes the report.
        files: the file it was read from.
        verification: the links of its hash chain.
    """
    sections = mesh_sections(design, version, files, verification.proved)
    numbers = _plain(
        {
            "format": FORMAT,
            "title": title,
            "fabdesign": version,
            "kind": "mesh",
            "design": design.content_hash,
            "physical": design.physical.to_json(),
            "scores": dict(design.scores),
            "settings": dict(design.settings),
            "files": [asdict(file) for file in files],
        }
    )
    sizes = " – ".join(map(str, design.physical.sizes))
    head = Head(title, f"Network {sizes} of {design.physical.mesh} interferometer meshes")
    return Report(render_page(head, sections, numbers), numbers)


def _sections(subject: Subject) -> Iterator[Section]:
    results, profile = subject.results, subject.profile
    yield glance(subject)
    yield identity(subject)
    yield relief(subject)
    yield findings(subject)
    yield maps(subject)
    yield cuts(subject)
    yield levels(subject)
    if profile is not None:
        yield effort(subject, profile)
        yield measuring(subject, profile)
    if subject.design.physical.spaces:
        yield bench(subject)
    yield function(subject)
    if results is not None:
        if results.attribution:
            yield stages(subject, results)
        if results.sensitivity:
            yield sensitivity(subject, results)
        if results.inverse:
            yield allowed(results)
        if results.monte_carlo is not None:
            yield copies(subject, results, results.monte_carlo)
    yield making(subject)
    yield chain(subject)
    yield record(subject)


def _verdict(subject: Subject) -> str:
    """What the check says, and of what."""
    checked = subject.checked
    if checked.verdict == "FAILED":
        return "Check failed: see the findings"
    if checked.verdict == "verified":
        return f"Files verified by the {subject.model.name} model"
    if not checked.layers:
        return "Design checked; no file was read"
    return "Files have the design's heights" if checked.levels_identical else "Files checked"


def _numbers(subject: Subject) -> dict[str, Any]:
    profile, results = subject.profile, subject.results
    return {
        "format": FORMAT,
        "title": subject.title,
        "fabdesign": subject.version,
        "kind": "diffractive",
        "design": subject.design.content_hash,
        "process": None if profile is None else {"name": profile.name, "sha256": subject.profile_hash},
        "verdict": subject.checked.verdict,
        "check": subject.checked.to_dict(),
        "stored_scores": dict(subject.design.scores),
        "tolerance": None if results is None else asdict(results),
        "files": [asdict(file) for file in subject.files],
        "proved": [] if subject.verification is None else list(subject.verification.proved),
        "assumed": []
        if profile is None
        else [key for key, one in profile.marked_numbers() if one.mark == "assumed"],
    }


def _plain(value: Any) -> Any:
    """A value without numbers that JSON has no word for."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
