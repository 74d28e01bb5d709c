"""Checking the masks of a mesh: read back, recognised, compared with the design, held against the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fabdesign.check.circuit.area import klayout_found
from fabdesign.check.circuit.compare import compare_chip
from fabdesign.check.circuit.files import ChipFile, find_chip_design, is_chip_file, open_chip_file
from fabdesign.check.circuit.result import ChipCheck, ChipResult
from fabdesign.check.circuit.rules import Violation, run_chip_rules
from fabdesign.check.finding import Finding, Place, error, note, warning
from fabdesign.check.readers.sides import is_side_file
from fabdesign.chip.sources import ChipSource, chips_of
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export.circuit.compose import ChipMasks, plan_chip
from fabdesign.export.circuit.netlist import profile_hash
from fabdesign.export.circuit.sizes import Sizes, sizes_of
from fabdesign.process import Profile, load_profile

_IDS = {
    "width": "chip.width",
    "space": "chip.space",
    "overlap": "chip.overlap",
    "enclosure": "chip.enclosure",
}


def check_chips(
    paths: Sequence[Path],
    design: Path | None = None,
    *,
    profile: Profile | None = None,
    simulate: bool = True,
    rules: bool = True,
) -> ChipCheck:
    """Read the masks of a mesh back and say whether they are its design and do what it does.

    Waveguides, couplers, heaters, wires and pads are recognised by their shapes alone. The netlist beside a
    file tells which phase is meant for which pads.

    Args:
        paths: mask files of one design; netlists and tables may be among them.
        design: its file; without it, it is looked for beside the files.
        profile: the process; None for the one that the files name.
        simulate: compose the matrix from the shapes and compare it with the design's.
        rules: hold the files against the process's design rules, where KLayout is installed.

    Raises:
        ConfigError: the design is not found, or the process is no built-in one and was not named.
        FileFormatError: a file is unreadable, or is no mask of a mesh.
    """
    files = [open_chip_file(path) for path in paths if not _beside(path)]
    if not files:
        raise ConfigError("At least one mask file must be named.")
    loaded, path, how = find_chip_design(files, design)
    source = chips_of(loaded)
    sizes = sizes_of(profile or _named_process(files[0]))
    findings: list[Finding] = []
    chips: list[ChipResult] = []
    for file in files:
        foreign = list(_chain(file, source, sizes))
        findings += [finding.at(file=str(file.path)) for finding in foreign]
        if any(finding.id == "chain.other-design" for finding in foreign) or file.layer >= len(
            source.circuits
        ):
            continue
        result, found = _check(file, source, sizes, simulate=simulate)
        chips.append(result)
        findings += [finding.at(file=str(file.path), layer=file.layer) for finding in found]
        if rules:
            findings += [each.at(file=str(file.path), layer=file.layer) for each in _rules(file, sizes)]
    findings += _missing(files, source)
    return ChipCheck(source.content_hash, str(path), how, sizes.profile.name, tuple(findings), tuple(chips))


def _beside(path: Path) -> bool:
    return path.is_file() and not is_chip_file(path) and (is_side_file(path) or path.suffix == ".json")


def _named_process(file: ChipFile) -> Profile:
    if file.process is None:
        raise FileFormatError(
            f"{file.path} does not say what process it is for.", hint="Name the process with --process."
        )
    try:
        return load_profile(file.process[0])
    except ConfigError as unknown:
        raise ConfigError(
            f"{file.path} is for the process {file.process[0]}, which is no built-in one.",
            hint="Name its file with --process.",
        ) from unknown


def _chain(file: ChipFile, source: ChipSource, sizes: Sizes) -> Iterator[Finding]:
    if file.content_hash != source.content_hash:
        yield error(
            "chain.other-design",
            f"The file was made from the design with hash {file.content_hash[:32]}…, "
            f"not from {source.content_hash[:32]}….",
            hint="Export this design again, or name the design that the file was made from.",
        )
    elif file.layers != len(source.circuits):
        message = f"The file speaks of {file.layers} chips; the design has {len(source.circuits)}."
        yield error("chain.layers", message)
    if file.process is not None and file.process[1] != profile_hash(sizes.profile):
        yield warning(
            "chain.process",
            f"The file was made for the process {file.process[0]} with other numbers than "
            f"{sizes.profile.name} has now.",
            hint="Name the profile that it was made for with --process.",
        )


def plan_of(source: ChipSource, layer: int, sizes: Sizes, file: str) -> ChipMasks:
    """A chip as its design and process have it."""
    return plan_chip(
        source.circuits[layer],
        sizes,
        kind=source.kind,
        content_hash=source.content_hash,
        layer=layer,
        layers=len(source.circuits),
        title=file.rsplit("-layer", 1)[0],
        file=file,
    )


def _check(
    file: ChipFile, source: ChipSource, sizes: Sizes, *, simulate: bool
) -> tuple[ChipResult, tuple[Finding, ...]]:
    planned = plan_of(source, file.layer, sizes, file.path.name)
    matrix = source.matrices[file.layer]
    compared = compare_chip(file, planned, matrix, sizes.photonic, simulate=simulate)
    result = ChipResult(str(file.path), file.format, file.layer, compared.identical, compared.facts)
    return result, compared.findings


def _rules(file: ChipFile, sizes: Sizes) -> Iterator[Finding]:
    if not klayout_found():
        yield note(
            "chip.rules-not-run", "The design rules were not run: they need KLayout (pip install klayout)."
        )
        return
    unit_um = file.contents.unit_um
    for broken in run_chip_rules(file.path, sizes.photonic):
        yield _broken(broken, unit_um)


def _broken(broken: Violation, unit_um: float) -> Finding:
    limit = "" if broken.limit is None else f" of {broken.limit.value:g} um"
    return error(
        _IDS[broken.rule],
        f"{broken.count} places of the {broken.mask} mask break the rule on {broken.rule}{limit}.",
        places=tuple(Place(x * unit_um, y * unit_um) for x, y in broken.places),
        count=broken.count,
        limit=None if broken.limit is None else broken.limit.value,
        unit=None if broken.limit is None else "um",
        limit_source=None if broken.limit is None else f"{broken.key}: {broken.limit.source}",
    )


def _missing(files: Sequence[ChipFile], source: ChipSource) -> Iterator[Finding]:
    for format in dict.fromkeys(file.format for file in files):
        there = [file.layer for file in files if file.format == format]
        missing = [layer for layer in range(len(source.circuits)) if layer not in there]
        if missing:
            message = f"No {format} file was given for chip {', '.join(map(str, missing))}."
            yield warning("layer.missing", message, count=len(missing))
        for layer in sorted({layer for layer in there if there.count(layer) > 1}):
            yield error("layer.repeated", f"Chip {layer} is there twice as {format}.", layer=layer)
