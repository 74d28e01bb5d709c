"""One chip as a drawing: notes, outlines, masks, marks; and its lines in the layer table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fabdesign.chip.circuit import Circuit
from fabdesign.errors import ConfigError
from fabdesign.export.circuit.chip import Chip, draw_chip
from fabdesign.export.circuit.netlist import profile_hash
from fabdesign.export.circuit.shapes import DATA, MARKS, MASKS, RESERVED, Box, MaskName
from fabdesign.export.circuit.sheet import draw_sheet, least_width
from fabdesign.export.circuit.sizes import Sizes
from fabdesign.export.masks.compose import KIND_LAYERS, NOTE_LAYER, OUTLINE_LAYER
from fabdesign.export.masks.layer_table import ORIENTATION
from fabdesign.export.masks.marks import Mark
from fabdesign.export.masks.names import check_name, layer_name
from fabdesign.formats.drawing import Drawing, Note, Rectangles, Shape
from fabdesign.relief.glyphs import printable

MARKED: dict[MaskName, str] = {
    "waveguide": "waveguides, drawn where silicon or the like stays",
    "heater": "heaters, drawn where their metal stays",
    "via": "openings down to the heaters",
    "metal": "wires and pads, drawn where metal stays",
    "pad": "openings over the pads",
}
COLUMNS = (
    "file", "optical_layer", "gds_layer", "datatype", "mask", "purpose", "polygons", "area_um2",
    "min_width_um", "min_space_um", "orientation",
)  # fmt: skip
_LABEL_CHARACTERS = 28


@dataclass(frozen=True, eq=False)
class ChipMasks:
    """The masks of one chip, ready to be written.

    Args:
        chip: the chip.
        kind: of its design.
        content_hash: of its design.
        layer: which chip of the design it is.
        layers: how many there are.
        marks: those around it.
        die: outline.
        file: name of the file.
    """

    chip: Chip
    kind: str
    content_hash: str
    layer: int
    layers: int
    marks: tuple[Mark, ...]
    die: Box
    file: str

    @property
    def sizes(self) -> Sizes:
        """The process."""
        return self.chip.sizes

    @cached_property
    def name(self) -> str:
        """Name of the library and of the only cell."""
        return check_name(layer_name(self.content_hash, self.layer), self.sizes.profile)

    @property
    def box_um(self) -> dict[str, list[float]]:
        """The box of the die."""
        corners = [round(at * self.sizes.unit_um, 6) for at in self.die]
        return {"minimum": corners[:2], "maximum": corners[2:]}

    def drawing(self) -> Drawing:
        """The drawing; its shapes can be consumed once."""
        return Drawing(self.name, self.name, self.sizes.unit_um, self._shapes())

    def _shapes(self) -> Iterator[Shape]:
        yield from self._notes()
        yield Rectangles(OUTLINE_LAYER, 0, np.array([self.die]))
        yield Rectangles(OUTLINE_LAYER, 1, np.array([self.chip.mesh]))
        yield from self.chip.shapes.drawn()
        for at, mask in enumerate(MASKS):
            own = [mark for mark in self.marks if mark.mask == at]
            if own:
                corners = np.concatenate([mark.corners for mark in own])
                yield Rectangles(self.sizes.layer(mask), MARKS, corners)
            for kind, layer in KIND_LAYERS.items():
                some = [mark.corners for mark in own if mark.kind == kind]
                if some:
                    yield Rectangles(layer, at + 1, np.concatenate(some))

    def _notes(self) -> Iterator[Note]:
        if self.sizes.profile.limits.text == "refused":
            return
        profile = self.sizes.profile
        lines = [
            f"fabdesign {self.kind} {self.content_hash} layer {self.layer:02d}/{self.layers:02d}",
            f"process {profile.name} {profile_hash(profile)}",
            f"{self.chip.circuit.title}, {len(self.chip.heaters)} heaters, "
            f"{self.chip.sizes.photonic.wavelength_um.value:.10g} um",
        ]
        lines += [f"{mask} on layer {self.sizes.layer(mask)}/{DATA}" for mask in MASKS]
        step = self.chip.guides.pitch // 4
        yield from (
            Note(NOTE_LAYER, 0, line, self.die[0], self.die[1] - at * step)
            for at, line in enumerate(lines, start=1)
        )

    def rows(self) -> list[dict[str, Any]]:
        """One line of the layer table for each mask."""
        shapes = self.chip.shapes
        return [
            {
                "file": self.file,
                "optical_layer": self.layer,
                "gds_layer": self.sizes.layer(mask),
                "datatype": DATA,
                "mask": mask,
                "purpose": MARKED[mask],
                "polygons": shapes.count(mask),
                "area_um2": round(shapes.area_um2(mask), 6),
                "min_width_um": self.sizes.number(f"{mask}.min_width_um").value,
                "min_space_um": self.sizes.number(f"{mask}.min_space_um").value,
                "orientation": ORIENTATION,
            }
            for mask in MASKS
        ]

    def layer_names(self) -> list[tuple[int, int, str, bool]]:
        """Layer, datatype, name and first visibility of everything in the drawing."""
        names = [
            (OUTLINE_LAYER, 0, "outline of the die, not written", True),
            (OUTLINE_LAYER, 1, "outline of the mesh, not written", False),
            (NOTE_LAYER, 0, "notes", True),
        ]
        for at, mask in enumerate(MASKS):
            layer = self.sizes.layer(mask)
            names.append((layer, DATA, f"{mask}: {MARKED[mask]}", True))
            kinds = sorted({mark.kind for mark in self.marks if mark.mask == at})
            names += [(layer, MARKS, f"{mask} marks, written with it", True)] if kinds else []
            names += [(KIND_LAYERS[kind], at + 1, f"{kind} marks of {mask}, copy", False) for kind in kinds]
        return names


def plan_chip(
    circuit: Circuit,
    sizes: Sizes,
    *,
    kind: str,
    content_hash: str,
    layer: int,
    layers: int,
    title: str,
    file: str,
) -> ChipMasks:
    """Draw a circuit and lay its marks; nothing is written yet.

    Args:
        circuit: the circuit.
        sizes: the process.
        kind: of its design.
        content_hash: of its design.
        layer: which chip of the design it is.
        layers: how many there are.
        title: name of the project.
        file: name of the file.

    Raises:
        ConfigError: layers, grid, names or sizes of the process don't fit; the message says which.
    """
    check_layers(sizes)
    lines = [
        printable(title[:_LABEL_CHARACTERS]),
        content_hash[:16].upper(),
        f"LAYER {layer:02d}/{layers:02d}",
    ]
    chip = draw_chip(circuit, sizes, least_width(sizes, lines))
    marks, die = draw_sheet(chip, lines)
    planned = ChipMasks(chip, kind, content_hash, layer, layers, tuple(marks), die, file)
    check_name(planned.name, sizes.profile)
    return planned


def check_layers(sizes: Sizes) -> None:
    """Refuse masks on one layer, or on a layer that the marks and notes have.

    Raises:
        ConfigError: naming the mask.
    """
    taken: dict[int, str] = dict.fromkeys(RESERVED, "outlines, marks and notes")
    for mask in MASKS:
        layer = sizes.layer(mask)
        if layer in taken:
            raise ConfigError(
                f"{sizes.profile.name}: photonic.{mask}.layer must be a layer of its own; "
                f"{layer} is that of {taken[layer]}."
            )
        taken[layer] = f"photonic.{mask}"


def chip_table(rows: Sequence[dict[str, Any]]) -> str:
    """The layer table as CSV with a line of titles."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return text.getvalue()
