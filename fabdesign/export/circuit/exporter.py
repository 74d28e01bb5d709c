"""Writing the chips of a mesh: a mask file and a netlist for each, a layer table, and layer properties."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from fabdesign.chip.sources import ChipDesign, ChipSource, chips_of
from fabdesign.errors import ConfigError
from fabdesign.export.circuit.compose import ChipMasks, chip_table, plan_chip
from fabdesign.export.circuit.netlist import netlist
from fabdesign.export.circuit.sizes import Sizes, sizes_of
from fabdesign.export.export import check_stem, making_folder, refuse_existing
from fabdesign.export.masks.lyp import layer_properties
from fabdesign.export.options import check_known
from fabdesign.export.registry import ExportResult, find_exporter
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.drawing import Drawing
from fabdesign.formats.gdsii import write_gdsii_stream
from fabdesign.formats.oasis import write_oasis_stream
from fabdesign.formats.written import measure
from fabdesign.process import Profile

DEFAULT_PROCESS = "soi-220-heaters"
"""The process of a mesh where none is named."""
_WRITERS: Mapping[str, tuple[str, Callable[[IO[bytes], Drawing], None]]] = {
    "gds": ("gds", write_gdsii_stream),
    "oasis": ("oas", write_oasis_stream),
}
CHIP_FORMATS = tuple(_WRITERS)
_OPTIONS = ("profile",)


def export_chip(
    design: ChipDesign,
    out_dir: str | os.PathLike[str],
    format: str,
    *,
    stem: str = "mesh",
    profile: Profile,
    options: Mapping[str, object] | None = None,
    overwrite: bool = False,
) -> ExportResult:
    """Write every chip of a mesh design as masks; all files or none.

    Args:
        design: a network of meshes, or a unitary mesh.
        out_dir: folder for the files; made if it does not exist.
        format: ``"gds"`` or ``"oasis"``.
        stem: how file names begin.
        profile: a process for photonic chips.
        options: none are known.
        overwrite: replace files of the same names.

    Returns:
        the paths (masks, netlists, layer table, layer properties) and the report.

    Raises:
        ConfigError: another format or process, an option, a file that exists, or sizes that don't fit.
        FileFormatError: the folder or a file cannot be written.
    """
    suffix, write = _writer(format)
    check_known(options or {}, _OPTIONS)
    check_stem(stem)
    sizes, source, folder = sizes_of(profile), chips_of(design), Path(out_dir)
    count = len(source.circuits)
    names = [f"{stem}-layer{at:02d}" for at in range(count)]
    masks = [folder / f"{name}.{suffix}" for name in names]
    netlists = [folder / f"{name}-{suffix}-netlist.json" for name in names]
    sides = [folder / f"{stem}-{suffix}-layers.csv", folder / f"{stem}-{suffix}.lyp"]
    paths = (*masks, *netlists, *sides)
    if not overwrite:
        refuse_existing(paths)
    planned = [_plan(source, at, sizes, stem, path.name) for at, path in enumerate(masks)]
    with making_folder(folder), contextlib.ExitStack() as stack:
        streams = [stack.enter_context(atomic_file(path, "w+b")) for path in paths]
        layers = [_write(*each, write) for each in zip(planned, streams, strict=False)]
        for chip, stream in zip(planned, streams[count:], strict=False):
            stream.write(_netlist(chip))
        streams[-2].write(chip_table([row for chip in planned for row in chip.rows()]).encode())
        streams[-1].write(layer_properties(planned[0].layer_names()).encode())
    report = {
        "format": format,
        "unit": "um",
        "design": source.content_hash,
        "process": profile.name,
        "layers": [{**layer, "netlist": path.name} for layer, path in zip(layers, netlists, strict=True)],
        "layer_table": sides[0].name,
        "layer_properties": sides[1].name,
        "grid_nm": sizes.step * sizes.unit_pm / 1e3,
    }
    return ExportResult(paths, report)


def _writer(format: str) -> tuple[str, Callable[[IO[bytes], Drawing], None]]:
    find_exporter(format)
    if format not in _WRITERS:
        raise ConfigError(
            f"A mesh is written as masks, {' or '.join(_WRITERS)}; {format} is for diffractive layers.",
            hint="Export it with --gds or --oasis.",
        )
    return _WRITERS[format]


def _plan(source: ChipSource, at: int, sizes: Sizes, stem: str, file: str) -> ChipMasks:
    return plan_chip(
        source.circuits[at],
        sizes,
        kind=source.kind,
        content_hash=source.content_hash,
        layer=at,
        layers=len(source.circuits),
        title=stem,
        file=file,
    )


def _write(
    planned: ChipMasks, stream: IO[bytes], write: Callable[[IO[bytes], Drawing], None]
) -> dict[str, Any]:
    write(stream, planned.drawing())
    chip = planned.chip
    return {
        "file": planned.file,
        "cell": planned.name,
        "circuit": chip.circuit.title,
        "inputs": len(chip.circuit.inputs),
        "outputs": len(chip.circuit.outputs),
        "heaters": len(chip.heaters),
        "built_in": len(chip.passives),
        "pads": len(chip.pads),
        "box_um": planned.box_um,
        **measure(stream)._asdict(),
    }


def _netlist(planned: ChipMasks) -> bytes:
    record = netlist(
        planned.chip,
        design=planned.content_hash,
        layer=planned.layer,
        layers=planned.layers,
        file=planned.file,
    )
    return (json.dumps(record, indent=1) + "\n").encode()
