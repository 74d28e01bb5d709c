"""What was found, what was looked for, and where it lies on the layers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.check import Finding, Severity, rules
from fabdesign.plot import Marks, draw_places, drawn_every
from fabdesign.process import Profile
from fabdesign.report.blocks import (
    Block,
    Cell,
    Gallery,
    Picture,
    Section,
    Table,
    Text,
    Tone,
    micro,
    number,
    text,
)
from fabdesign.report.pictures import image
from fabdesign.report.subject import Subject

MOST_MARKS = 3000
"""Marks of one rule on one map."""
_TONES: dict[Severity, Tone] = {Severity.ERROR: "bad", Severity.WARNING: "doubtful", Severity.NOTE: ""}


def findings(subject: Subject) -> Section:
    """The findings, worst first, and every rule with whether the process has a limit for it."""
    found = subject.checked.findings
    blocks: list[Block] = [_table(found)] if found else [Text("Nothing was found.", "good")]
    if subject.profile is not None:
        blocks.append(_looked_for(subject))
    return Section("findings", "Findings", blocks)


def _table(found: tuple[Finding, ...]) -> Table:
    head = (
        "severity",
        "rule",
        "layer",
        "what",
        "places",
        "value",
        "limit",
        "limit from",
        "what to do",
    )
    return Table(
        "Findings, the worst first",
        head,
        [_row(one) for one in found],
        wide=("what", "limit from", "what to do"),
    )


def _row(one: Finding) -> list[Cell]:
    file = f"{one.file}: " if one.file else ""
    return [
        Cell(one.severity.value, list(Severity).index(one.severity), _TONES[one.severity]),
        Cell(one.id, code=True),
        Cell("all", -1) if one.layer is None else Cell(str(one.layer), one.layer),
        text(file + one.message),
        Cell(str(one.count), one.count),
        _with_unit(one.value, one.unit),
        _with_unit(one.limit, one.unit),
        text(one.limit_source or ""),
        text(one.hint or ""),
    ]


def _with_unit(value: float | None, unit: str | None) -> Cell:
    plain = number(value)
    return plain if value is None or not unit else Cell(f"{plain.text} {micro(unit)}", plain.sort)


def _looked_for(subject: Subject) -> Table:
    assert subject.profile is not None
    known = subject.profile.numbers()
    rows = []
    for rule in rules().values():
        found = [one for one in subject.checked.findings if one.id == rule.id]
        keys = [key.strip() for key in rule.limit.split(",")]
        limits = [f"{key} = {known[key].value:g} ({known[key].mark})" for key in keys if key in known]
        state = _state(found, any(_is_known(subject.profile, key) for key in keys))
        rows.append(
            [Cell(rule.id, code=True), text(rule.title), state, text("; ".join(limits) or rule.limit)]
        )
    head = ("rule", "what it looks for", "result", "limit")
    return Table("Rules of the process", head, rows, wide=("what it looks for", "limit"))


def _is_known(profile: Profile, key: str) -> bool:
    """Whether a process has what a rule asks for; a limit in words is always known."""
    if " " in key:
        return True
    value: object = profile
    for part in key.split("."):
        value = getattr(value, part, None)
    return value is not None


def _state(found: list[Finding], limited: bool) -> Cell:
    if found:
        worst = min((one.severity for one in found), key=list(Severity).index)
        return Cell(f"{sum(one.count for one in found)} found", 0, _TONES[worst])
    return Cell("none found", 2, "good") if limited else Cell("not checked: no limit known", 1, "doubtful")


def maps(subject: Subject) -> Section:
    """Every layer as seen from +z, with the places of the findings on it."""
    every = drawn_every(subject.design.pixels)
    lead = "Seen from the relief side, y upwards; the F must read right. Colours are phases."
    if every > 1:
        lead += f" Every {_ordinal(every)} pixel in each direction is drawn."
    lead += " A mark stands at each place of a finding; numbers in the legend say where some are left out."
    pictures = [_map(subject, layer) for layer in range(subject.design.layers)]
    return Section("layers", "Layers", [Gallery(pictures)], lead)


def _map(subject: Subject, layer: int) -> Picture:
    design = subject.design
    marks = list(_marks(subject, layer))
    phases = design.phase_rad(design.height_of_level_um)[layer]
    title = f"layer {layer} of {design.layers}"
    figure = draw_places(design.levels[layer], phases, marks, pitch_um=design.physical.pitch_um, title=title)
    alt = f"Map of the levels of layer {layer}, "
    alt += "; ".join(mark.name for mark in marks) if marks else "no findings with a place"
    return image(figure, alt)


def _marks(subject: Subject, layer: int) -> Iterator[Marks]:
    """The places of each rule on a layer; of very many, every so many-th."""
    for rule in dict.fromkeys(one.id for one in subject.checked.findings):
        found = [one for one in subject.checked.findings if one.id == rule]
        at = np.concatenate([_spots(one, layer) for one in found])
        if len(at):
            shown = at[:: -(-len(at) // MOST_MARKS)]
            count = sum(one.count for one in found if one.layer in (layer, None))
            name = f"{rule} ({len(shown)} of {count})" if len(shown) < count else f"{rule} ({count})"
            yield Marks(name, found[0].severity.value, shown[:, 0].tolist(), shown[:, 1].tolist())


def _spots(one: Finding, layer: int) -> NDArray[np.float64]:
    """Where a finding is on a layer, [n, (x_um, y_um)]."""
    if one.everywhere is not None and one.layer == layer:
        return one.everywhere.astype(np.float64)
    at = [(p.x_um, p.y_um) for p in one.places if (one.layer if p.layer is None else p.layer) == layer]
    return np.array(at).reshape(-1, 2)


def _ordinal(count: int) -> str:
    return {2: "second", 3: "third"}.get(count, f"{count}th")
