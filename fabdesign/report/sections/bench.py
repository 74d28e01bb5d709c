"""The bench: where the layers stand, what the light passes on its way, and where it is measured."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.design import Physical
from fabdesign.plot import Piece, draw_bench
from fabdesign.report.blocks import Block, Cell, Facts, Picture, Section, Table, number, text
from fabdesign.report.pictures import chart
from fabdesign.report.subject import Subject


def bench(subject: Subject) -> Section:
    """A view from the side to scale, every slab with its thickness, source, object and detectors."""
    physical = subject.design.physical
    blocks: list[Block] = [_side(subject), Facts(list(_light(physical))), _way(physical)]
    if physical.detectors:
        blocks.append(_detectors(physical))
    lead = "What a simulator needs beside the heights. Red lines are the reliefs; z counts from the input."
    return Section("bench", "The bench", blocks, lead)


def _side(subject: Subject) -> Picture:
    physical = subject.design.physical
    pieces, planes, z_um = [], [("input", 0.0)], 0.0
    for space, slabs in enumerate(physical.spaces):
        for slab in slabs:
            pieces.append(Piece(z_um, z_um + slab.thickness_um, slab.what != "gap"))
            z_um += slab.thickness_um
        last = space == len(physical.spaces) - 1
        planes.append(("detectors" if last else f"layer {space}", round(z_um, 6)))
    width_um = subject.design.pixels[1] * physical.pitch_um
    figure = draw_bench(pieces, planes, width_um=width_um)
    places = ", ".join(f"{name} at {z:g} µm" for name, z in planes)
    return chart(figure, f"The device from the side: {places}.")


def _light(physical: Physical) -> Iterator[tuple[str, Cell]]:
    source = physical.source
    if source is not None:
        waist = getattr(source, "waist_um", None)
        words = f"{source.kind} wave" if waist is None else f"Gaussian beam, waist {waist:g} µm (1/e radius)"
        yield "source", text(words)
    encoder = physical.encoder
    if encoder is not None:
        ny, nx = encoder.pixels
        depth = f", depth {encoder.depth_rad:.4g} rad" if encoder.kind == "phase" else ""
        yield (
            "object",
            text(
                f"{encoder.kind} of {nx} × {ny} squares of {encoder.pixel_um:g} µm around "
                f"({encoder.centre_um[0]:g}, {encoder.centre_um[1]:g}) µm{depth}, {encoder.outside} outside"
            ),
        )
    readout = physical.readout
    if readout is not None:
        yield "read-out", text(f"{readout.kind}: {readout.quantity}")


def _way(physical: Physical) -> Table:
    rows = [
        [Cell(str(place), place), text(what), number(thickness_um), number(index, ".6g"), number(z_um)]
        for place, (what, thickness_um, index, z_um) in enumerate(_slabs(physical))
    ]
    head = ("order", "what the light passes", "thickness (µm)", "index", "ends at z (µm)")
    return Table("The way of the light, from the input plane to the detectors", head, rows)


def _slabs(physical: Physical) -> Iterator[tuple[str, float, float, float]]:
    z_um, last = 0.0, len(physical.spaces) - 1
    for space, slabs in enumerate(physical.spaces):
        for slab in slabs:
            z_um += slab.thickness_um
            towards = "to the detectors" if space == last else f"to layer {space}"
            yield f"{slab.what} ({towards})", slab.thickness_um, slab.index, z_um


def _detectors(physical: Physical) -> Table:
    rows = [
        [text(one.label), *(number(value) for value in (*one.centre_um, *one.size_um))]
        for one in physical.detectors
    ]
    return Table("Detectors", ("label", "x (µm)", "y (µm)", "width (µm)", "depth (µm)"), rows)
