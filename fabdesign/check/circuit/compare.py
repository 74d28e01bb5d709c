"""One chip against its design: shapes, heaters and pads, phases, and the matrix that the masks make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.circuit.area import difference, joined, klayout_found
from fabdesign.check.circuit.extract import Extracted, apart, extract
from fabdesign.check.circuit.files import ChipFile
from fabdesign.check.circuit.heaters import Box, FoundHeater
from fabdesign.check.finding import Finding, Place, error, note, warning
from fabdesign.check.masks.fmark import orientation_of_f
from fabdesign.check.orientation import AS_DESIGNED
from fabdesign.chip.circuit import Circuit
from fabdesign.export.circuit.compose import ChipMasks
from fabdesign.export.circuit.netlist import netlist
from fabdesign.export.circuit.shapes import DATA, MASKS
from fabdesign.export.masks.compose import KIND_LAYERS
from fabdesign.export.masks.marks import Kind
from fabdesign.formats.drawing import Contents, Key, Note, Polygon, Rectangles
from fabdesign.process.photonic import Photonic

MATRIX_LIMIT = 1e-3
"""Largest ‖S − S_design‖/‖S_design‖ of a chip as designed."""
_SPLIT_LIMIT_RAD = 1e-2
_PHASE_LIMIT_RAD = 1e-9
_MOST_PLACES = 20
_EXPORT_AGAIN = "Export the design again and send that file unchanged."

Ints = NDArray[np.int64]
Shapes = dict[Key, dict[bytes, Ints]]
_KINDS: tuple[Kind, ...] = ("align", "dice")


@dataclass(frozen=True, eq=False)
class Comparison:
    """What one file shows.

    Args:
        identical: whether all shapes of its masks are as designed, polygon by polygon.
        facts: counts and numbers, plain JSON values.
        findings: what is wrong with it.
    """

    identical: bool
    facts: dict[str, Any]
    findings: tuple[Finding, ...]


def compare_chip(
    file: ChipFile, planned: ChipMasks, matrix: NDArray[np.complex128], process: Photonic, *, simulate: bool
) -> Comparison:
    """Recognise the circuit in a file and hold it against its design.

    Args:
        file: the masks.
        planned: the chip as its design and process have it.
        matrix: what it is to do, [output, input].
        process: numbers of the process.
        simulate: compose the matrix from what was recognised.
    """
    findings = list(_orientation(file.contents))
    identical, found = _shapes(file.contents, planned)
    findings += found
    extracted = _recognised(file, process)
    findings += [*_guides(extracted, planned.chip.circuit), *_couplers(extracted)]
    record, found = _netlist(file, planned)
    findings += found
    names, found = _heaters(extracted, record, process)
    findings += found
    facts = {
        "inputs": len(extracted.inputs),
        "outputs": len(extracted.outputs),
        "couplers": len(extracted.couplers),
        "heaters": len(extracted.heaters),
        "largest_split_error_rad": max(
            (abs(coupler.kappa_rad - np.pi / 4) for coupler in extracted.couplers), default=0.0
        ),
    }
    if simulate:
        phases = {heater["name"]: float(heater["phase_rad"]) for heater in record["heaters"]}
        size = len(extracted.outputs), len(extracted.inputs)
        if size == matrix.shape:
            made = extracted.matrix(process, lambda heater: phases.get(names.get(heater.box, ""), 0.0))
            facts["matrix_error"] = apart(made, matrix)
            findings += _matrix(facts["matrix_error"])
    return Comparison(identical, facts, tuple(findings))


def _recognised(file: ChipFile, process: Photonic) -> Extracted:
    """The circuit as its polygons show it; where they are cut across waveguides, after joining them."""
    polygons = file.polygons(process)
    found = extract(polygons, process, file.contents.unit_um)
    if found.odd and klayout_found():
        masks = {name: joined(shapes) for name, shapes in polygons.items()}
        return extract(masks, process, file.contents.unit_um)
    return found


def _orientation(contents: Contents) -> Iterator[Finding]:
    label = KIND_LAYERS["label"]
    seen = orientation_of_f(boxes for key, boxes in contents.rectangles.items() if key[0] == label)
    if seen not in (None, AS_DESIGNED):
        yield error("orientation.f-mark", f"The F beside the chip is {seen}.", hint=_EXPORT_AGAIN)


def _shapes(contents: Contents, planned: ChipMasks) -> tuple[bool, list[Finding]]:
    """Whether the masks hold exactly the shapes that the design gives, and where they do not."""
    findings = []
    if abs(contents.unit_um - planned.sizes.unit_um) > 1e-9 * planned.sizes.unit_um:
        message = f"A database unit is {contents.unit_um:g} um; it was {planned.sizes.unit_um:g} um."
        findings.append(error("scale.unit", message, hint=_EXPORT_AGAIN))
    if contents.cell != planned.name:
        findings.append(warning("chain.cell", f"The cell is {contents.cell}, not {planned.name}."))
    wanted, found = _drawn(planned), _held(contents, planned)
    odd = {key: found[key].keys() ^ wanted.get(key, {}).keys() for key in found}
    same = not any(odd.values())
    if not same:
        findings.append(_differing(found, wanted, odd, contents.unit_um))
    return same and not findings, findings


def _differing(found: Shapes, wanted: Shapes, odd: Mapping[Key, set[bytes]], unit_um: float) -> Finding:
    """Shapes that differ; where KLayout is installed, only if they cover another area."""
    places = [_first(shape) for shapes in odd.values() for shape in shapes]
    if klayout_found():
        keys = [key for key, shapes in odd.items() if shapes]
        places = [
            place for key in keys for place in difference(found[key].values(), wanted.get(key, {}).values())
        ]
        if not places:
            message = (
                "The masks are cut into other polygons than at export, which cover the same area to "
                f"{2 * unit_um:g} um."
            )
            return note("chip.recut", message)
    return error(
        "chip.altered",
        f"The masks differ from the design in {len(places)} places.",
        places=_places(places, unit_um),
        count=len(places),
        hint=_EXPORT_AGAIN,
    )


def _held(contents: Contents, planned: ChipMasks) -> Shapes:
    """The shapes in a file that a design decides: all masks, and marks other than text."""
    keys = [(planned.sizes.layer(mask), DATA) for mask in MASKS]
    keys += [(KIND_LAYERS[kind], at + 1) for kind in _KINDS for at in range(len(MASKS))]
    found: Shapes = {}
    for key in keys:
        boxes = contents.rectangles.get(key, np.empty((0, 4), np.int32)).astype(np.int64)
        others = [points.astype(np.int64) for points in contents.polygons.get(key, [])]
        found[key] = {_canonical(points): points for points in (*_corners(boxes), *others)}
    return found


def _drawn(planned: ChipMasks) -> Shapes:
    shapes: Shapes = {}
    for shape in planned.drawing().shapes:
        own = {} if isinstance(shape, Note) else shapes.setdefault((shape.layer, shape.datatype), {})
        if isinstance(shape, Rectangles):
            own |= {_canonical(box): box for box in _corners(shape.corners.astype(np.int64))}
        elif isinstance(shape, Polygon):
            own[_canonical(shape.points.astype(np.int64))] = shape.points.astype(np.int64)
    return shapes


def _guides(found: Extracted, circuit: Circuit) -> Iterator[Finding]:
    for id, places, what in (
        ("chip.odd-shape", found.odd, "shapes on the layer of the waveguides are no waveguides"),
        ("chip.branch", found.tangled, "places where more than two waveguides meet"),
    ):
        if places:
            yield error(
                id, f"{len(places)} {what}.", places=_places(places, found.unit_um), count=len(places)
            )
    ports = len(found.inputs), len(found.outputs)
    wanted = len(circuit.inputs), len(circuit.outputs)
    if ports != wanted:
        yield error(
            "chip.ports",
            f"{ports[0]} waveguides begin at the left edge and {ports[1]} end at the right one; "
            f"the design has {wanted[0]} inputs and {wanted[1]} outputs.",
        )


def _couplers(found: Extracted) -> Iterator[Finding]:
    off = [each for each in found.couplers if abs(each.kappa_rad - np.pi / 4) > _SPLIT_LIMIT_RAD]
    if off:
        worst = max(off, key=lambda each: abs(each.kappa_rad - np.pi / 4))
        yield error(
            "chip.coupler",
            f"{len(off)} couplers do not split light in halves: one sends "
            f"{np.sin(worst.kappa_rad) ** 2:.3f} across.",
            places=_places(
                ((each.x, found.lanes[each.lanes[0]].middle_at(each.x)) for each in off), found.unit_um
            ),
            count=len(off),
            value=worst.kappa_rad,
            limit=np.pi / 4,
            unit="rad",
        )


def _netlist(file: ChipFile, planned: ChipMasks) -> tuple[Mapping[str, Any], list[Finding]]:
    """The netlist beside the file, or that of the design where there is none; and where the two differ."""
    wanted = netlist(
        planned.chip,
        design=planned.content_hash,
        layer=planned.layer,
        layers=planned.layers,
        file=planned.file,
    )
    record = file.netlist()
    if record is None:
        message = "No netlist lies beside the file; the phases of the design stand in."
        return wanted, [warning("chip.no-netlist", message)]
    if record.get("design") != planned.content_hash or record.get("layer") != planned.layer:
        message = "The netlist beside the file is of another design or chip."
        return record, [error("chip.netlist", message, hint=_EXPORT_AGAIN)]
    ours, theirs = ({each["name"]: each for each in one["heaters"]} for one in (wanted, record))
    off = sorted(
        name
        for name in ours.keys() | theirs.keys()
        if name not in ours
        or name not in theirs
        or abs(ours[name]["phase_rad"] - theirs[name]["phase_rad"]) > _PHASE_LIMIT_RAD
        or list(ours[name]["pads"]) != list(theirs[name]["pads"])
    )
    if not off:
        return record, []
    message = f"The netlist has another phase or other pads for {len(off)} heaters, such as {off[0]}."
    return record, [error("chip.netlist", message, count=len(off), hint=_EXPORT_AGAIN)]


def _heaters(
    found: Extracted, record: Mapping[str, Any], process: Photonic
) -> tuple[dict[Box, str], list[Finding]]:
    """Names of the heaters by the pads that they reach, and which reach none, or lie over no waveguide."""
    inside = round(process.pad.inside_um.value / found.unit_um)
    number = {_in_units(pad["box_um"], found.unit_um): int(pad["number"]) for pad in record["pads"]}
    name_of = {tuple(heater["pads"]): str(heater["name"]) for heater in record["heaters"]}
    names: dict[Box, str] = {}
    unwired: list[FoundHeater] = []
    for heater in found.heaters:
        pads = tuple(number.get(_grown(pads[0], inside), 0) for pads in heater.pads if len(pads) == 1)
        if len(pads) == 2 and len(heater.pads) == 2 and pads in name_of:
            names[heater.box] = name_of[pads]
        else:
            unwired.append(heater)
    shorted = [heater for heater in found.heaters if heater.shorted]
    astray = [heater for heater in found.heaters if len(heater.lanes) != 1]
    findings = []
    for id, off, what in (
        ("chip.pads", unwired, "do not reach two pads of their own through metal"),
        ("chip.short", shorted, "share metal with another heater"),
        ("chip.heater", astray, "do not lie over one waveguide"),
    ):
        if off:
            places = _places(((sum(h.box[::2]) / 2, sum(h.box[1::2]) / 2) for h in off), found.unit_um)
            findings.append(error(id, f"{len(off)} heaters {what}.", places=places, count=len(off)))
    missing = sorted(set(name_of.values()) - set(names.values()))
    if missing:
        message = f"{len(missing)} heaters of the netlist are not in the file, such as {missing[0]}."
        findings.append(error("chip.missing", message, count=len(missing)))
    if found.slanted:
        message = (
            f"Edges on {', '.join(found.slanted)} are neither upright nor level; nothing there was followed."
        )
        findings.append(error("chip.slanted", message))
    return names, findings


def _matrix(off: float) -> Iterator[Finding]:
    if not off <= MATRIX_LIMIT:
        yield error(
            "chip.matrix",
            f"The masks make a matrix that is {off:.3g} off the design's, as a share of its norm.",
            value=off,
            limit=MATRIX_LIMIT,
            hint="Findings about waveguides, couplers or heaters say what was changed.",
        )


def _corners(boxes: Ints) -> Ints:
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def _canonical(points: Ints) -> bytes:
    """The same bytes for the same outline, wherever it begins and whichever way round it goes."""
    x, y = points.T
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) < 0:
        points = points[::-1]
    first = int(np.lexsort((points[:, 1], points[:, 0]))[0])
    return np.roll(points, -first, axis=0).astype("<i8").tobytes()


def _first(shape: bytes) -> tuple[float, float]:
    x, y = np.frombuffer(shape[:16], "<i8").tolist()
    return float(x), float(y)


def _places(points: Iterable[tuple[float, float]], unit_um: float) -> tuple[Place, ...]:
    first = sorted(points)[:_MOST_PLACES]
    return tuple(Place(x * unit_um, y * unit_um) for x, y in first)


def _in_units(box_um: Sequence[float], unit_um: float) -> Box:
    x0, y0, x1, y1 = (round(float(at) / unit_um) for at in box_um)
    return x0, y0, x1, y1


def _grown(box: Box, by: int) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by
