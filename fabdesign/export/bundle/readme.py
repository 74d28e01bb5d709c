"""The one page that a person at a facility reads first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fabdesign.export.bundle import content
from fabdesign.export.bundle.content import Exported, Package, package_name
from fabdesign.export.registry import exporters

_SOLID = "set the unit to micrometres, scale 1; do not simplify, repair, centre or turn it"
_IMAGE = "one image pixel is one pixel of the relief; scale and corner are in the .json beside each image"
_HOW_TO_LOAD = {
    "stl": f"{_SOLID}. STL has no unit of its own",
    "3mf": f"{_SOLID}. The file names its unit",
    "gds": "database unit as in the file, scale 1, no mirroring; the .lyp beside it names layers in KLayout",
    "oasis": "database unit as in the file, scale 1, no mirroring; the .lyp beside it names layers in KLayout",
    "gds-grey": "database unit as in the file, scale 1; the GDSII layer is the grey value to expose with",
    "gwl": "open the master file of each layer, review the settings at its head; lengths are micrometres",
}


def readme(package: Package) -> bytes:
    """The page as Markdown: what it is, what to load how, which way up, what to measure, what the hash means."""
    sections = (_what, _load, _way_up, _measure, _proof, _identity)
    return "\n".join([*(line for section in sections for line in section(package)), ""]).encode()


def _what(package: Package) -> Iterator[str]:
    design, physical = package.design, package.design.physical
    ny, nx = design.pixels
    width_um, depth_um = package.size_um()
    layers = (
        "one layer"
        if design.layers == 1
        else f"{design.layers} layers, layer 0 the one that light meets first"
    )
    yield f"# {package.name}"
    yield ""
    yield (
        f"A phase relief to be made: {layers}; {nx} x {ny} square pixels of {physical.pitch_um:.10g} um each "
        f"({width_um:.10g} x {depth_um:.10g} um), {design.height_of_level_um.shape[1]} levels from 0 to "
        f"{design.height_of_level_um.max() * 1e3:.10g} nm above the base."
    )
    yield (
        f"It works at {physical.wavelength_um * 1e3:.10g} nm in {physical.medium.name}, made of "
        f"{physical.material.name} (index {physical.material.index:.6g} at that wavelength)."
    )
    base_um = max(exported.result.report["base_um"] for exported in package.exported)
    if base_um > 0:
        yield f"Solids stand on a base plate {base_um:.10g} um thick; its bottom is at z = 0, the relief looks to +z."


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
    yield from (f"- Note: {text}" for text in _warnings(package)[:6])


def _names(exported: Exported) -> str:
    first, last = exported.layer_file(0), exported.layer_file(len(exported.layers) - 1)
    return f"`{first}`" if first == last else f"`{first}` to `{last}`"


def _warnings(package: Package) -> list[str]:
    texts = (text for exported in package.exported for text in exported.result.report.get("warnings", ()))
    return list(dict.fromkeys(str(text) for text in texts))


def _way_up(package: Package) -> Iterator[str]:
    yield from ("", "## Which way up", "")
    yield (
        "Everything is drawn as seen from the relief side (from +z), x to the right, y upwards, the optic centred "
        "on the origin. Light enters through the base and leaves from the relief."
    )
    yield (
        "The pictures in `preview/` show each layer so. The F above a picture reads right; if a layer looks "
        "mirrored or turned against its picture in your program, stop: a mirrored part does not work."
    )
    tones = {
        str(e.result.report["polygon_tone"]) for e in package.exported if "polygon_tone" in e.result.report
    }
    for tone in sorted(tones):
        yield (
            f"Mask polygons are **{tone}** on the plate; masks are right-reading, chrome down, and carry an F drawn "
            "in polygons beside the optic. `layers.csv` says for each mask what drawn polygons do."
        )


def _measure(package: Package) -> Iterator[str]:
    yield from ("", "## Make and measure", "")
    yield (
        f"`{content.RUNSHEET}` lists the steps with targets and tolerances, and has room for what you measure. "
        f"`{content.LEVELS}` has the height of every level. Please measure the height of every level against "
        "level 0, the size of the optic, and a picture of each layer, and send the run sheet back."
    )
    if package.profile is not None:
        marks = [number.mark for _, number in package.profile.marked_numbers()]
        assumed = marks.count("assumed")
        yield (
            f"`{content.PROCESS}` is the process that was assumed ({package.profile.name}): {assumed} of its "
            f"{len(marks)} numbers are marked as assumed. Tell us where yours differ **before** you start."
        )


def _proof(package: Package) -> Iterator[str]:
    yield from ("", "## What was checked", "")
    if package.checks is not None:
        layers: list[dict[str, Any]] = package.checks["layers"]
        same = sum(layer["identical"] for layer in layers)
        yield (
            f"The files in this package were read back and compared with the design pixel by pixel: {same} of "
            f"{len(layers)} show exactly its levels. `{content.CHECKS}` has the numbers."
        )
    for name in package.not_checked:
        yield f"Files of the format {name} were **not** read back: nothing is proved from their bytes."


def _identity(package: Package) -> Iterator[str]:
    yield from ("", "## What the hash identifies", "")
    yield (
        "The design (its levels, heights, wavelength, materials and geometry), not a person, a print or a file. "
        "It is carried by the files themselves, and belongs on every message and label about this job:"
    )
    yield from ("", f"    {package.design.content_hash}", "")
    yield (
        f"`sha256sum -c {content.SUMS}` shows that no file was changed; `fabdesign verify "
        f"{package_name(package.name)}` also shows that they belong to this design. `{content.MANIFEST}` lists every "
        "file with its size, box and counts."
    )
