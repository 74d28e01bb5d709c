"""The sections of a network of interferometer meshes: what it is, its phases, its power and its record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fabdesign.plot import draw_matrices, draw_phase_histogram
from fabdesign.report.blocks import Cell, Facts, Listing, Section, Table, Text, code, number, text
from fabdesign.report.pictures import chart, image
from fabdesign.report.subject import FileFact

if TYPE_CHECKING:
    from fabdesign.chip import MeshDesign

_MOST_ROWS = 2000


def mesh_sections(
    design: MeshDesign, version: str, files: Sequence[FileFact], proved: Sequence[str]
) -> list[Section]:
    """All sections of a report on a mesh design.

    Args:
        design: the mesh design.
        version: of the fabdesign that makes the report.
        files: the file it was read from.
        proved: links of the hash chain that hold.
    """
    return [
        _identity(design, version),
        _layers(design),
        _phases(design),
        _chain(files, proved),
        _record(design),
    ]


def _identity(design: MeshDesign, version: str) -> Section:
    from fabdesign.chip import power_rad  # noqa: PLC0415  (the chip room is needed for meshes alone)

    physical, scores = design.physical, design.scores
    active = design.phase_rad[design.active]
    rows: list[tuple[str, Cell]] = [
        ("design", code(design.content_hash)),
        ("network", text(f"{' – '.join(map(str, physical.sizes))}, {physical.mesh} meshes")),
        ("detection", text(f"{physical.detection}; {physical.readout}")),
        ("phases", text(f"{len(design.phase_rad)}, of which {len(active)} have a heater")),
        ("power", text(f"{power_rad(active):.1f} rad of active phases")),
    ]
    if "accuracy" in scores:
        words = f"{scores['accuracy']:.2%} of {scores['sample_count']} examples, by meshes without errors"
        rows.append(("accuracy", text(words)))
        rows.append(("hash of the examples", code(str(scores.get("data_hash", "unknown")))))
    rows += [(str(key).replace("_", " "), text(value)) for key, value in design.settings.items()]
    rows.append(("made by", text(_versions(design.provenance))))
    rows.append(("reported by", text(f"fabdesign {version}")))
    lead = "An accuracy without errors says nothing of a made chip: calibrate it there (fabdesign calibrate)."
    return Section("identity", "What this is", [Facts(rows)], lead)


def _versions(provenance: Mapping[str, Any]) -> str:
    environment = provenance.get("environment")
    if not isinstance(environment, Mapping):
        return "unknown"
    return ", ".join(f"{name} {version}" for name, version in environment.items())


def _layers(design: MeshDesign) -> Section:
    weights = design.weights()
    rows = []
    for index, (shape, weight) in enumerate(zip(design.physical.layers, weights, strict=True)):
        singular = np.linalg.svd(weight, compute_uv=False)
        last = shape.u_phases.stop
        active = int(design.active[shape.first : last].sum())
        columns = len(shape.v.columns) + 1 + len(shape.u.columns)
        rows.append(
            [
                Cell(str(index), index),
                text(f"{shape.rows} × {shape.columns}"),
                Cell(str(last - shape.first), last - shape.first),
                Cell(str(active), active),
                Cell(str(columns), columns),
                number(float(singular.max())),
                number(float(singular.min())),
            ]
        )
    head = (
        "layer",
        "outputs × inputs",
        "phases",
        "heaters",
        "columns of devices",
        "largest gain",
        "smallest gain",
    )
    picture = image(
        draw_matrices(weights, titles=[f"layer {index}" for index in range(len(weights))]),
        f"The ideal matrix of each of {len(weights)} layers.",
        "The ideal matrices, outputs downwards, inputs to the right.",
    )
    return Section("layers", "Layers", [Table("Layers of the network", head, rows), picture])


def _phases(design: MeshDesign) -> Section:
    attenuators = design.physical.is_attenuator
    groups = {
        "rotators with a heater": design.phase_rad[design.active & ~attenuators],
        "rotators without": design.phase_rad[~design.active & ~attenuators],
        "attenuators": design.phase_rad[attenuators],
    }
    figure = draw_phase_histogram({name: values for name, values in groups.items() if values.size})
    alt = "How many phases lie at each angle from 0 to 2π, rotators with and without heater, attenuators."
    order = np.arange(min(len(design.phase_rad), _MOST_ROWS))
    rows = [
        [
            Cell(str(n), float(n)),
            text("attenuator" if attenuators[n] else "rotator"),
            text("yes" if design.active[n] else "no"),
            number(float(design.phase_rad[n]), ".6f"),
        ]
        for n in order.tolist()
    ]
    table = Table("Phases as designed", ("number", "device", "heater", "phase (rad)"), rows)
    cut = f" The table shows the first {_MOST_ROWS}." if len(design.phase_rad) > _MOST_ROWS else ""
    lead = f"Devices are numbered by layer, part, column and port, as the record says.{cut}"
    return Section("phases", "Phases", [chart(figure, alt), table], lead)


def _chain(files: Sequence[FileFact], proved: Sequence[str]) -> Section:
    rows = [
        [text(file.name), text(file.what), Cell(f"{file.bytes:,}", file.bytes), code(file.sha256)]
        for file in files
    ]
    table = Table("Files", ("file", "what", "bytes", "SHA-256"), rows)
    links = [Text(f"{sentence[0].upper()}{sentence[1:]}.", "good") for sentence in proved]
    return Section("chain", "Chain of hashes", [*links, table])


def _record(design: MeshDesign) -> Section:
    parts = {
        "Physical record (hashed)": design.physical.to_json(),
        "Settings (not hashed)": dict(design.settings),
        "Scores": dict(design.scores),
        "Provenance (not hashed)": dict(design.provenance),
    }
    listings = [
        Listing(title, json.dumps(value, indent=2, ensure_ascii=False, default=str))
        for title, value in parts.items()
    ]
    return Section("record", "Record of the design", listings)
