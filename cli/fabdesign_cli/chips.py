"""Meshes as masks: made from a matrix, exported, checked, shown."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.designs import EXPORTS_DIR
from fabdesign_cli.findings import show_findings
from fabdesign_cli.format_options import options_of
from fabdesign_cli.meshes import show_mesh
from fabdesign_cli.scores import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fabdesign.check.circuit import ChipCheck
    from fabdesign.chip.unitary_design import UnitaryDesign
    from fabdesign.export import ExportResult
    from fabdesign.process import Profile


def is_chip_design(path: Path) -> bool:
    """Whether a file holds a mesh design; False for anything that is no file of ours."""
    from fabdesign.chip import sources
    from fabdesign.errors import FileFormatError

    try:
        return path.is_file() and sources.is_chip_design(path)
    except FileFormatError:
        return False


def is_chip_mask(path: Path) -> bool:
    """Whether a file is the mask of a mesh."""
    from fabdesign.check.circuit import is_chip_file

    return is_chip_file(path)


def save_matrix(
    file: Path,
    out: Path,
    mesh: Literal["reck", "clements"],
    gauge: Literal["short", "wide"],
    *,
    alpha: float,
    seed: int,
    unitary: bool,
) -> None:
    """Decompose a matrix and write the design."""
    import numpy as np

    from fabdesign.chip import design_mesh, save_mesh
    from fabdesign.chip.unitary_design import design_unitary, save_unitary
    from fabdesign.errors import ConfigError

    matrix = _read_matrix(file)
    if unitary:
        save_unitary(design_unitary(matrix, mesh), out)
        return
    if np.iscomplexobj(matrix):
        raise ConfigError(
            "A USV* layer of rotators is real; this matrix is complex.",
            hint="Add --unitary if it is unitary.",
        )
    largest = float(np.linalg.norm(matrix, 2))
    gain = largest if largest > 0 else 1.0
    design = design_mesh(
        [matrix], mesh=mesh, gauge=gauge, active_share=alpha, seed=seed, attenuator_gain=gain
    )
    save_mesh(design, out)


def show_chip_design(path: Path, as_json: bool) -> None:
    """Print what a mesh design or a unitary mesh holds."""
    from fabdesign.chip.sources import load_chip_design
    from fabdesign.chip.unitary_design import UnitaryDesign

    design = load_chip_design(path)
    if isinstance(design, UnitaryDesign):
        _show_unitary(path, design, as_json)
    else:
        show_mesh(path, design, as_json)


def refuse_for_chips(given: Mapping[str, object], allow_lost_levels: bool) -> None:
    """Refuse options that have no meaning for a mesh.

    Raises:
        UsageError: naming the option.
    """
    named = [name for name, value in given.items() if value is not None]
    named += ["--allow-lost-levels"] if allow_lost_levels else []
    if named:
        raise click.UsageError(f"{named[0]} is for printed or etched reliefs; a mesh is written as masks.")


def export_chip_design(
    design: Path,
    formats: Sequence[str],
    options: Sequence[str],
    *,
    out: Path | None,
    process: str | None,
    bundled: bool,
    simulate: bool,
    overwrite: bool,
    as_json: bool,
) -> int:
    """Write the masks of a mesh and read them back.

    Returns:
        the exit code.
    """
    from fabdesign.chip.sources import load_chip_design
    from fabdesign.config import parse_override
    from fabdesign.export.circuit import export_chip

    if not formats and not bundled:
        raise click.UsageError("Say which format to write: --gds or --oasis.")
    if len(formats) > 1 and not bundled:
        raise click.UsageError("Write one format at a time, or several with --bundle.")
    loaded, profile = load_chip_design(design), chip_process(process)
    asked = [parse_override(option) for option in options]
    folder = out or EXPORTS_DIR / design.stem

    def write(name: str, target: Path) -> ExportResult:
        return export_chip(
            loaded,
            target,
            name,
            stem=design.stem,
            profile=profile,
            options=options_of(name, asked, formats),
            overwrite=overwrite,
        )

    if bundled:
        return _write_package(
            design, folder, formats or ("gds",), profile, write, overwrite=overwrite, as_json=as_json
        )
    result = write(formats[0], folder)
    checked = _check(result.paths, design, profile, simulate=simulate)
    if as_json:
        files = [str(path) for path in result.paths]
        report = {"design": str(design), "files": files, "report": result.report}
        emit_json({**report, "check": checked.to_dict()})
    else:
        _show_export(result)
        show_chip_check(checked)
    return ExitCode.DONE if checked.ok else ExitCode.FINDINGS


def _write_package(
    design: Path,
    folder: Path,
    formats: Sequence[str],
    profile: Profile,
    write: Callable[[str, Path], ExportResult],
    *,
    overwrite: bool,
    as_json: bool,
) -> int:
    """Write a package, but only if what is read back from its masks is the design."""
    from fabdesign.chip.sources import chips_of, load_chip_design
    from fabdesign.export.bundle import package_name, with_names
    from fabdesign.export.bundle.chip import ChipPackage, write_chip_bundle
    from fabdesign.export.export import making_folder, refuse_existing

    path = folder / package_name(design.stem)
    if not overwrite:
        refuse_existing((path,))
    source = chips_of(load_chip_design(design))
    with tempfile.TemporaryDirectory(prefix="fabdesign-bundle-") as scratch:
        exported = tuple(write(name, Path(scratch, name)) for name in formats)
        files = [file for result in exported for file in result.paths]
        checked = _check(files, design, profile, simulate=True)
        package = ChipPackage(
            design.stem, source.kind, source.content_hash, design, profile, exported, checked.to_dict()
        )
        written = None
        if checked.ok:
            with making_folder(folder):
                written = write_chip_bundle(path, package, overwrite=overwrite)
        found = with_names(checked.to_dict(), package.names())
    if as_json:
        size = written._asdict() if written else {"bytes": None, "sha256": None}
        emit_json({"design": str(design), "bundle": str(path) if written else None, **size, "check": found})
    else:
        if written:
            result_table([("package", path), ("bytes", f"{written.bytes:,}"), ("sha256", written.sha256)])
        show_chip_check(checked)
    if written is None:
        say(f"{path} was not written: its files do not hold the design.")
    return ExitCode.DONE if written else ExitCode.FINDINGS


def check_package_of_chips(path: Path, *, simulate: bool, as_json: bool) -> int | None:
    """Check a package, if it is that of a mesh.

    Returns:
        the exit code; None where it is another package.
    """
    from fabdesign.check import open_bundle
    from fabdesign.check.bundle_lists import read_manifest
    from fabdesign.check.circuit.package import check_chip_package, is_chip_package

    with open_bundle(path) as bundle:
        manifest, _ = read_manifest(bundle)
        if not manifest or not is_chip_package(manifest):
            return None
        checked = check_chip_package(bundle, simulate=simulate)
    if as_json:
        emit_json(checked.to_dict())
    else:
        show_chip_check(checked)
    return ExitCode.DONE if checked.ok else ExitCode.FINDINGS


def check_chip_files(
    files: Sequence[Path],
    named: Path | None,
    *,
    process: str | None,
    form: str | None,
    out: Path | None,
    simulate: bool,
    as_json: bool,
) -> int:
    """Check the masks of a mesh.

    Returns:
        the exit code.
    """
    from fabdesign.process import load_profile

    if form is not None or out is not None:
        raise click.UsageError(
            "--format and --out write findings on diffractive layers; use --json for a mesh."
        )
    profile = None if process is None else load_profile(process)
    checked = _check(files, named, profile, simulate=simulate)
    if as_json:
        emit_json(checked.to_dict())
    else:
        show_chip_check(checked)
    return ExitCode.DONE if checked.ok else ExitCode.FINDINGS


def chip_process(name: str | None) -> Profile:
    """The process that was named, or the one for meshes, which is said."""
    from fabdesign.export.circuit import DEFAULT_PROCESS
    from fabdesign.process import load_profile

    if name is None:
        say(f"No process was named: drawing for {DEFAULT_PROCESS}, which is no foundry's.")
    return load_profile(name or DEFAULT_PROCESS)


def show_chip_check(result: ChipCheck) -> None:
    """Print what a check of masks found."""
    show_findings(result.findings)
    result_table([*_check_rows(result), ("verdict", "ok" if result.ok else "FAILED")])


def _check(
    files: Sequence[Path], design: Path | None, profile: Profile | None, *, simulate: bool
) -> ChipCheck:
    from fabdesign.check.circuit import check_chips

    say("Reading the masks back.")
    return check_chips(files, design, profile=profile, simulate=simulate)


def _check_rows(result: ChipCheck) -> Iterator[Row]:
    yield "design", f"{result.design_hash[:16]}… ({result.design_file})"
    yield "process", result.process
    same = sum(chip.identical is True for chip in result.chips)
    yield "masks", f"{same} of {len(result.chips)} files have exactly the shapes of the design"
    for chip in result.chips:
        facts = chip.facts
        text = f"{facts['inputs']} × {facts['outputs']} ports, {facts['couplers']} couplers, "
        text += f"{facts['heaters']} heaters"
        if "matrix_error" in facts:
            text += f"; matrix {facts['matrix_error']:.1e} off the design's"
        yield f"chip {chip.layer}, {chip.format}", text


def _show_export(result: ExportResult) -> None:
    rows = [
        (path, f"{path.stat().st_size:,}", "" if layer is None else _size(layer))
        for path, layer in _with_layers(result)
    ]
    result_table(rows, head=("file", "bytes", "chip"))


def _with_layers(result: ExportResult) -> Iterator[tuple[Path, Mapping[str, Any] | None]]:
    layers = {layer["file"]: layer for layer in result.report["layers"]}
    yield from ((path, layers.get(path.name)) for path in result.paths)


def _size(layer: Mapping[str, Any]) -> str:
    low, high = layer["box_um"]["minimum"], layer["box_um"]["maximum"]
    sides = " × ".join(f"{(high[at] - low[at]) / 1e3:.2f}" for at in (0, 1))
    return f"{sides} mm, {layer['heaters']} heaters, {layer['pads']} pads"


def _show_unitary(path: Path, design: UnitaryDesign, as_json: bool) -> None:
    physical = design.physical
    record = {
        "file": str(path),
        "kind": "unitary",
        "content_hash": design.content_hash,
        "devices": len(design.theta_rad),
        "physical": physical.to_json(),
        "settings": dict(design.settings),
        "provenance": dict(design.provenance),
    }
    if as_json:
        emit_json(record)
    else:
        result_table(
            [
                ("file", path),
                ("content hash", design.content_hash),
                ("mesh", f"unitary of {physical.ports} ports, {physical.mesh}, {record['devices']} devices"),
            ]
        )


def _read_matrix(file: Path) -> NDArray[Any]:
    """A matrix from .npy or .csv (complex numbers as in Python, 1+2j).

    Raises:
        FileFormatError: the file cannot be read, or holds no finite matrix.
    """
    import numpy as np

    from fabdesign.errors import FileFormatError
    from fabdesign.formats.reading import reading

    try:
        with reading(file):
            if file.suffix.lower() == ".npy":
                matrix = np.load(file, allow_pickle=False)
            else:
                lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
                numbers = [[complex(cell.strip()) for cell in line.split(",")] for line in lines]
                matrix = np.array(numbers, dtype=np.complex128)
        finite = matrix.ndim == 2 and matrix.size > 0 and bool(np.isfinite(matrix).all())
    except (ValueError, TypeError, EOFError) as error:
        raise FileFormatError(f"{file} is no matrix: {error}.") from error
    if not finite:
        raise FileFormatError(f"{file} must hold a matrix of finite numbers; got shape {list(matrix.shape)}.")
    real: NDArray[Any] = matrix.real if np.iscomplexobj(matrix) and not matrix.imag.any() else matrix
    return real
