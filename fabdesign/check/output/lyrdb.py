"""Findings as a marker database of KLayout, to click through over the layout (Tools, Marker Browser)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from xml.sax.saxutils import escape

from fabdesign.check.catalogue import finding_titles
from fabdesign.check.finding import Finding, Place, Severity
from fabdesign.check.result import CheckResult

_SPOT_UM = 0.5
"""Side of the box that marks a place."""


def lyrdb_text(result: CheckResult) -> str:
    """The findings of a check as the text of a marker database.

    Each id is a category and each layer of the design a cell, named "layer 0" and so on; findings about
    the whole are in the cell "design". A place is a box around its spot, in the frame of the design, in µm.

    Args:
        result: what a check found.
    """
    findings = result.findings
    cells = sorted({_cell(finding, place) for finding in findings for place in finding.places or (None,)})
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<report-database>",
        f" <description>fabdesign check of design {result.design_hash}</description>",
        f" <original-file>{escape(result.design_file or '')}</original-file>",
        f" <generator>fabdesign {version('fabdesign')}</generator>",
        f" <top-cell>{cells[0] if cells else 'design'}</top-cell>",
        " <tags>",
        *(f"  <tag><name>{severity.value}</name><description/></tag>" for severity in Severity),
        " </tags>",
        " <categories>",
        *_categories({finding.id for finding in findings}),
        " </categories>",
        " <cells>",
        *(f"  <cell><name>{cell}</name><variant/><references></references></cell>" for cell in cells),
        " </cells>",
        " <items>",
        *(_item(finding, place) for finding in findings for place in finding.places or (None,)),
        " </items>",
        "</report-database>",
    ]
    return "\n".join(lines) + "\n"


def _categories(ids: Iterable[str]) -> list[str]:
    titles = finding_titles()
    return [
        f"  <category><name>{each}</name><description>{escape(titles.get(each, each))}</description>"
        "<categories></categories></category>"
        for each in sorted(ids)
    ]


def _cell(finding: Finding, place: Place | None) -> str:
    layer = finding.layer if place is None or place.layer is None else place.layer
    return "design" if layer is None else f"layer {layer}"


def _item(finding: Finding, place: Place | None) -> str:
    values = [] if place is None else [_box(place)]
    values += [f"text: {_quoted(line)}" for line in _lines(finding)]
    text = "".join(f"<value>{escape(value)}</value>" for value in values)
    return (
        f"  <item><tags>{finding.severity.value}</tags><category>'{finding.id}'</category>"
        f"<cell>{_cell(finding, place)}</cell><visited>false</visited><multiplicity>1</multiplicity>"
        f"<comment/><image/><values>{text}</values></item>"
    )


def _lines(finding: Finding) -> list[str]:
    file = [f"In {finding.file}"] if finding.file else []
    source = [f"Limit from: {finding.limit_source}"] if finding.limit_source else []
    return [finding.message, *file, *source, *([finding.hint] if finding.hint else [])]


def _box(place: Place) -> str:
    half = _SPOT_UM / 2
    x, y = place.x_um, place.y_um
    return f"box: ({x - half:.10g},{y - half:.10g};{x + half:.10g},{y + half:.10g})"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ") + "'"
