"""Process and material, every number with its source, the assumed ones first."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.errors import ConfigError
from fabdesign.materials import load_material
from fabdesign.process import Profile
from fabdesign.report.blocks import Block, Cell, Facts, Section, Table, Text, length, text
from fabdesign.report.sections.tolerances import amounts, mark
from fabdesign.report.subject import Subject

Row = tuple[str, Cell]


def making(subject: Subject) -> Section:
    """The machine, its numbers, the material, and the sizes of the errors."""
    blocks: list[Block] = [Facts([*_machine(subject.profile), *_material(subject)])]
    if subject.profile is not None:
        blocks.append(_numbers(subject.profile))
    else:
        blocks.append(Text("Name the process with --process to see its numbers here.", "doubtful"))
    if subject.results is not None:
        head = ("error", "size", "mark", "drawn", "where the number stands")
        rows = list(amounts(subject.results))
        blocks.append(Table("Sizes of the errors", head, rows, wide=("where the number stands",)))
    lead = (
        "measured: by you or your facility; vendor: a data sheet; literature: a publication; "
        "assumed: nobody has confirmed it; user: given on the command line; trial: a step to try."
    )
    return Section("process", "Process and material", blocks, lead)


def _machine(profile: Profile | None) -> Iterator[Row]:
    if profile is None:
        return
    machine = profile.machine
    yield "process", text(f"{profile.name}, version {profile.header.version}, kind {profile.kind}")
    if profile.header.summary:
        yield "what it is", text(profile.header.summary)
    if named := machine_name(profile):
        yield "machine", text(named)
    if machine.software or machine.accepts:
        yield "takes", text(", ".join(filter(None, (*machine.accepts, machine.software))))
    if profile.material.resin:
        yield "resin or resist", text(profile.material.resin)


def machine_name(profile: Profile) -> str:
    """Vendor, model and objective, as far as they are known."""
    return " ".join(filter(None, (profile.machine.vendor, profile.machine.model, profile.machine.objective)))


def _material(subject: Subject) -> Iterator[Row]:
    physical = subject.design.physical
    for word, optical in (("material", physical.material), ("medium", physical.medium)):
        yield (
            word,
            text(f"{optical.name}, n = {optical.index:.6f} at {length(physical.wavelength_um)}"),
        )
        try:
            known = load_material(optical.name)
        except ConfigError:
            yield (
                f"source of the {word}",
                text("no entry of the material library; ask who made it", "doubtful"),
            )
            continue
        low, high = map(length, known.range_um)
        yield (
            f"source of the {word}",
            Cell(
                f"{known.mark}: {known.source}; {known.state}; known from {low} to {high}",
                tone="doubtful" if known.mark == "assumed" else "",
            ),
        )
        if known.covers(physical.wavelength_um):
            change = physical_change(known.index(physical.wavelength_um), optical.index)
            yield f"{word} library now", text(change, "" if change.startswith("the same") else "doubtful")


def physical_change(library: float, stored: float) -> str:
    """Whether the library still has the index of a design.

    >>> physical_change(1.54287, 1.54287)
    'the same index'
    """
    if abs(library - stored) < 1e-6:
        return "the same index"
    return f"n = {library:.6f}, another one"


def _numbers(profile: Profile) -> Table:
    rows = [
        [
            Cell(key, code=True),
            Cell(f"{one.value:g}", float(one.value)),
            mark(one.mark),
            text(one.citation or "–"),
            text(one.note),
        ]
        for key, one in profile.marked_numbers()
    ]
    head = ("number", "value", "mark", "source", "note")
    return Table("Numbers of the process, the assumed ones first", head, rows, wide=("source", "note"))
