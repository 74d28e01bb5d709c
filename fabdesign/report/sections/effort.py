"""What the design asks of the process in numbers, whether or not there is a limit for it."""

from __future__ import annotations

from typing import Any

from fabdesign.check.survey import survey_design
from fabdesign.process import Profile
from fabdesign.report.blocks import Cell, Section, Table, Text, number, text
from fabdesign.report.subject import Subject


def effort(subject: Subject, profile: Profile) -> Section:
    """Steps, lone pixels, fields and write time of each layer, and the features of each mask or plane."""
    layers = survey_design(subject.design, profile)["layers"]
    unknown = sorted({key for layer in layers for key in layer["write_time"]["unknown"]})
    seconds = sum(layer["write_time"]["total_s"] for layer in layers)
    words = f"Write time of all layers: about {_time(seconds)}."
    if unknown:
        words += f" Not counted, since the process does not tell: {', '.join(unknown)}."
    lead = "From the levels and the numbers of the process; a limit is not needed for these."
    return Section("effort", "Features and write time", [_layers(layers), Text(words), _drawn(layers)], lead)


def _layers(layers: list[dict[str, Any]]) -> Table:
    rows = [
        [
            Cell(str(layer["layer"]), layer["layer"]),
            number(layer["height_nm"]),
            number(layer["tallest_step_nm"]),
            Cell(str(layer["isolated_pixels"]), layer["isolated_pixels"]),
            Cell(str(layer["fields"]), layer["fields"]),
            Cell(_time(layer["write_time"]["total_s"]), layer["write_time"]["total_s"]),
        ]
        for layer in layers
    ]
    head = ("layer", "height (nm)", "tallest step (nm)", "lone pixels", "writing fields", "write time")
    return Table("Layers", head, rows)


def _drawn(layers: list[dict[str, Any]]) -> Table:
    rows = [
        [
            Cell(str(layer["layer"]), layer["layer"]),
            text(plane["name"]),
            number(plane["feature_um"]),
            number(plane["space_um"]),
            Cell(str(plane["corner_touches"]), plane["corner_touches"]),
            Cell(f"{plane['density']:.1%}", plane["density"], share=plane["density"]),
        ]
        for layer in layers
        for plane in layer["drawn"]
    ]
    head = (
        "layer",
        "mask or plane",
        "narrowest feature (µm)",
        "narrowest gap (µm)",
        "corner touches",
        "density",
    )
    return Table("Everything drawn", head, rows)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"
