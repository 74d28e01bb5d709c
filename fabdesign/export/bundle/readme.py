"""The one page that a person at a facility reads first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fabdesign.export.bundle import content
from fabdesign.export.bundle.content import Exported, Package, package_name
from fabdesign.export.registry import exporters

_SOLID = "set the unit to micrometres, scale 1; do not simplify, repair, centre or turn it"
_LAYOUT = "database unit as in the file, scale 1, no mirroring"
_NAMES = "the .lyp beside it names layers in KLayout"
_IMAGE = "one image pixel is one pixel of the relief; scale and corner are in the .json beside each image"
_HOW_TO_LOAD = {
    "stl": f"{_SOLID}. STL has no unit of its own",
    "3mf": f"{_SOLID}. The file names its unit",
    "gds": f"{_LAYOUT}; {_NAMES}",
    "oasis": f"{_LAYOUT}; {_NAMES}",
    "gds-grey": f"{_LAYOUT}; the number of a GDSII layer is the grey value to expose it with",
    "nano": "open it in nanoPrintX and review its preset before writing; do not simplify or enhance the mesh",
    "gwl": "open the master file of each layer, review the settings at its head; lengths are micrometres",
}
_MOST_WARNINGS = 6


def readme(package: Package) -> bytes:
    """The page as Markdown: what it is, what to load and how, what to measure, what the hash means."""
    sections = (_what, _load, _way_up, _measure, _proof, _identity)
    return "\n".join([*(line for section in sections for line in section(package)), ""]).encode()


def _what(package: Package) -> Iterator[str]:
    design, physical = package.design, package.design.physical
    ny, nx = design.pixels
    width_um, depth_um = package.size_um()
    first = (
        "one layer" if design.layers == 1 else f"{design.layers} layers, of which light meets layer 0 first"
    )
    yield from (f"# {package.name}", "")
    yield (
        f"A phase relief to be made: {first}; {nx} x {ny} square pixels of {physical.pitch_um:.10g} um each "
        f"({width_um:.10g} x {depth_um:.10g} um), {design.height_of_level_um.shape[1]} levels from 0 to "
        f"{design.height_of_level_um.max() * 1e3:.10g} nm above the base."
    )
    yield (
        f"It works at {physical.wavelength_um * 1e3:.10g} nm in {physical.medium.name}, made of "
        f"{physical.material.name} (index {physical.material.index:.6g} at that wavelength)."
    )
    base_um = max(exported.result.report["base_um"] for exported in package.exported)
    if base_um > 0:
        yield f"Its base plate is {base_um:.10g} um thick; in solids its bottom is at z = 0, relief to +z."
    for exported in package.exported:
        yield from _together(exported)


def _together(exported: Exported) -> Iterator[str]:
    report = exported.result.report
    if "solid" in report:
        x, y, z = report["geometry"]["size_um"]
        yield (
            f"`{exported.layer_file(0)}` holds all layers, put together ({report['assembly']}): "
            f"{x:.10g} x {y:.10g} x {z:.10g} um, what it stands on at z = 0."
        )


def _load(package: Package) -> Iterator[str]:
    software = package.profile.machine.software if package.profile else ""
    yield from ("", "## Load", "")
    yield "Any one of these formats makes the whole device." if len(package.exported) > 1 else "The files:"
    yield ""
    for exported in package.exported:
        summary = getattr(exporters().get(exported.format), "summary", exported.format)
        how = _HOW_TO_LOAD.get(exported.format, _IMAGE if "scale" in exported.result.report else summary)
        yield f"- {_names(exported)} ({summary}): {how}."
    if software:
        yield f"- Meant for {software}."
    yield from (f"- Note: {text}" for text in _warnings(package)[:_MOST_WARNINGS])


def _names(exported: Exported) -> str:
    first, last = exported.layer_file(0), exported.layer_file(len(exported.layers) - 1)
    return f"`{first}`" if first == last else f"`{first}` to `{last}`"


def _warnings(package: Package) -> list[str]:
    """What exporters tell the operator: slicing first, then their warnings; each once."""
    reports = [exported.result.report for exported in package.exported]
    slicing = [text for report in reports for text in report.get("slices", {}).get("operator", ())]
    warnings = [text for report in reports for text in report.get("warnings", ())]
    return list(dict.fromkeys(map(str, [*slicing, *warnings])))


def _way_up(package: Package) -> Iterator[str]:
    yield from ("", "## Which way up", "")
    yield (
        "Everything is drawn as seen from the relief side (from +z), x to the right, y upwards, the optic "
        "centred on the origin. Light enters through the base and leaves from the relief."
    )
    yield (
        "The pictures in `preview/` show each layer so, with a scale bar, and an F that reads right. If a "
        "layer looks mirrored or turned in your program, stop: a mirrored part does not work."
    )
    tones = {
        str(e.result.report["polygon_tone"]) for e in package.exported if "polygon_tone" in e.result.report
    }
    for tone in sorted(tones):
        yield (
            f"Mask polygons are **{tone}** on the plate; masks are right-reading, chrome down. The marks "
            "around the optic have an F drawn in polygons. `layers.csv` says what each mask does."
        )


def _measure(package: Package) -> Iterator[str]:
    yield from ("", "## Make and measure", "")
    yield (
        f"`{content.RUNSHEET}` lists the steps with targets and tolerances, with room for what you measure. "
        f"`{content.LEVELS}` has the height of every level. Please measure the height of every level, the "
        "size of the optic, take a picture of each layer, and send the run sheet back."
    )
    if package.profile is not None:
        marks = [number.mark for _, number in package.profile.marked_numbers()]
        assumed = marks.count("assumed")
        yield (
            f"`{content.PROCESS}` is the process that the design was made for ({package.profile.name}): "
            f"{assumed} of its {len(marks)} numbers are only assumed. Tell us where yours differ **before** "
            "you start."
        )


def _proof(package: Package) -> Iterator[str]:
    yield from ("", "## What was checked", "")
    if package.checks is not None:
        layers: list[dict[str, Any]] = package.checks["layers"]
        same = sum(layer["identical"] for layer in layers)
        yield (
            f"Files in this package were read back and compared with the design pixel by pixel: {same} "
            f"of {len(layers)} show exactly its levels. `{content.CHECKS}` has the numbers."
        )
    if package.not_checked:
        names = ", ".join(package.not_checked)
        yield f"These formats were **not** read back, nothing is proved from their bytes: {names}."


def _identity(package: Package) -> Iterator[str]:
    yield from ("", "## What the hash identifies", "")
    yield (
        "The design (its levels, heights, wavelength, materials and geometry), not a person, a print or a "
        "file. The files carry it, and it belongs on every message and label about this job:"
    )
    yield from ("", f"    {package.design.content_hash}", "")
    yield (
        f"`sha256sum -c {content.SUMS}` shows that no file was changed; `fabdesign verify "
        f"{package_name(package.name)}` also shows that they belong to this design. `{content.MANIFEST}` "
        "lists every file with its size, box and counts."
    )
